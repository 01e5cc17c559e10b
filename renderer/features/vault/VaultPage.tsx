import { keyStoreNames, otherKeyStoreOf } from '../../../shared/servers.ts';
import { useCurrentStack } from '../../components/currentStack.ts';
import { TabbedPage } from '../../components/TabbedPage.tsx';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { AccessPane } from './access/AccessPane.tsx';
import { ClusterPane } from './cluster/ClusterPane.tsx';
import { NoVault } from './NoVault.tsx';
import { OpenPane } from './OpenPane.tsx';

/** Vault of a stack: whether it is open, its nodes and its own keys, and who may do what in it. */
export function VaultPage() {
  const { stack } = useCurrentStack();
  const { t } = useWords();
  const document = useCall('stacks.get', { id: stack?.id ?? '' }, { enabled: stack !== undefined }).data;
  const other = document && otherKeyStoreOf(document);
  if (!stack) return null;
  if (other) return <NoVault store={keyStoreNames[other.kind]} />;
  const tabs = [
    { to: '/vault', label: t('vaultCluster.tab.open'), pane: <OpenPane key={stack.id} stack={stack} /> },
    { to: '/vault/nodes', label: t('vaultCluster.tab.nodes'), pane: <ClusterPane key={stack.id} stack={stack} /> },
    { to: '/vault/access', label: t('vaultCluster.tab.access'), pane: <AccessPane key={stack.id} stack={stack} /> },
  ];
  return <TabbedPage tabs={tabs} label={t('frame.page.vault')} />;
}
