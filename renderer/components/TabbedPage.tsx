import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import styles from './tabbedPage.module.css';

export interface PageTab {
  /** Address of the page that it shows, and of all below it. */
  readonly to: string;
  readonly label: string;
  readonly pane: ReactNode;
}

/** The pages of one domain, one address each, so that back and links work; the tabs stay while the pane scrolls. */
export function TabbedPage({ tabs, label }: { tabs: readonly PageTab[]; label: string }) {
  const [address, go] = useLocation();
  const shown = tabs.findLast(({ to }) => address === to || address.startsWith(`${to}/`)) ?? tabs[0];
  return (
    <div className="sd-fill">
      <Tabs value={shown?.to ?? ''} onChange={(to) => to !== null && go(to)} activateTabWithKeyboard={false}>
        <Tabs.List aria-label={label} className={styles.list ?? ''}>
          {tabs.map(({ to, label: name }) => (
            <Tabs.Tab key={to} value={to} className={styles.tab ?? ''}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <div className={styles.pane}>{shown?.pane}</div>
    </div>
  );
}
