import { Tabs } from '@mantine/core';
import { useLocation } from 'wouter';
import styles from './pageTabs.module.css';

export interface PageTab {
  /** Address of the page that it shows. */
  readonly to: string;
  readonly label: string;
}

/** The pages of one domain, one address each, so that back and links work. `at` is the one that is shown. */
export function PageTabs({ tabs, at, label }: { tabs: readonly PageTab[]; at: string; label: string }) {
  const [, go] = useLocation();
  return (
    <Tabs value={at} onChange={(to) => to !== null && go(to)} activateTabWithKeyboard={false}>
      <Tabs.List aria-label={label} className={styles.list ?? ''}>
        {tabs.map(({ to, label: name }) => (
          <Tabs.Tab key={to} value={to} className={styles.tab ?? ''}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  );
}
