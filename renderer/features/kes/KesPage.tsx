import { useCurrentStack } from '../../components/currentStack.ts';
import { TabbedPage } from '../../components/TabbedPage.tsx';
import { useWords } from '../../locales/language.ts';
import { ConfigPane } from './config/ConfigPane.tsx';
import { RightsPane } from './config/RightsPane.tsx';
import { KeysPane } from './keys/KeysPane.tsx';
import { NodesPane } from './keys/NodesPane.tsx';
import { MovePane } from './move/MovePane.tsx';

/** KES of a stack: its keys, its configuration, who may do what, and how it moves to a newer release. */
export function KesPage() {
  const { stack } = useCurrentStack();
  const { t } = useWords();
  if (!stack) return null;
  const tabs = [
    { to: '/kes', label: t('frame.tab.kesKeys'), pane: <KeysPane key={stack.id} stack={stack} /> },
    { to: '/kes/nodes', label: t('frame.tab.kesNodes'), pane: <NodesPane key={stack.id} stack={stack} /> },
    { to: '/kes/configuration', label: t('frame.tab.kesConfiguration'), pane: <ConfigPane key={stack.id} stack={stack} /> },
    { to: '/kes/rights', label: t('frame.tab.kesRights'), pane: <RightsPane key={stack.id} stack={stack} /> },
    { to: '/kes/move', label: t('frame.tab.kesMove'), pane: <MovePane key={stack.id} stack={stack} /> },
  ];
  return <TabbedPage tabs={tabs} label={t('frame.page.kes')} />;
}
