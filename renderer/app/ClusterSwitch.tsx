import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconSelector, IconServer2 } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { useClusters } from '../components/cluster.tsx';
import { useCurrentStack } from '../components/currentStack.ts';
import banner from '../components/readOnly/readOnly.module.css';
import { useWords } from '../locales/language.ts';
import { useCall } from '../rpc/hooks.ts';
import styles from './topBar.module.css';

/** Which MinIO cluster a page is about, where the stack has several; on pages about the whole stack there is nothing to choose. */
export function ClusterSwitch() {
  const { t } = useWords();
  const { ids, chosen, choose } = useClusters();
  if (ids.length < 2) return null;
  return (
    <Menu position="bottom-start" width={240} withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={styles.cluster} aria-label={`${t('frame.cluster')}: ${chosen}`}>
          <span className="sd-mono">{chosen}</span>
          <IconSelector size={14} stroke={1.5} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {ids.map((id) => (
          <Menu.Item
            key={id}
            onClick={() => choose(id)}
            rightSection={id === chosen ? <IconCheck size={14} stroke={1.5} aria-hidden /> : null}
          >
            <span className="sd-mono">{id}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** These make, change or move the first cluster alone. */
const firstOnly = /^\/(?:certificates|kes\/move|wizard\/(?:bucket|key|certificates))(?:[/?]|$)/;

/** One quiet line on the pages that speak of the first cluster where there are others. */
export function FirstClusterBanner() {
  const { t } = useWords();
  const { stack } = useCurrentStack();
  const [address] = useLocation();
  const clusters = useCall('stacks.get', { id: stack?.id ?? '' }, { enabled: stack !== undefined }).data?.minioClusters ?? [];
  if (clusters.length < 2 || !firstOnly.test(address)) return null;
  return (
    <div className={banner.banner} role="status">
      <IconServer2 size={14} stroke={1.5} aria-hidden />
      <span>{t('frame.firstCluster', { id: clusters[0]?.id ?? '' })}</span>
    </div>
  );
}
