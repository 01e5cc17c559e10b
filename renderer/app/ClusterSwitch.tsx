import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconSelector } from '@tabler/icons-react';
import { useClusters } from '../components/cluster.tsx';
import { useWords } from '../locales/language.ts';
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
