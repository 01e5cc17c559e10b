import { UnstyledButton } from '@mantine/core';
import { IconRotateClockwise, IconServer2 } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'wouter';
import { useWords } from '../../locales/language.ts';
import { wizardAddress, wizards } from '../../wizard/wizards.ts';
import styles from './overview.module.css';

// Asked for rarely: not part of the first screen.
const RestartMinio = lazy(async () => ({ default: (await import('./RestartMinio.tsx')).RestartMinio }));

/** What can be done by itself on this stack. `seals`: it has a Vault, which can be unsealed, and shared by several clusters. */
export function DoOneThing({ stackId, seals }: { stackId: string; seals: boolean }) {
  const { t } = useWords();
  const [restarting, setRestarting] = useState(false);
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('frame.page.wizard')}</h2>
      </div>
      <ul className={styles.wizards}>
        {wizards
          .filter(({ name }) => name !== 'unseal' || seals)
          .map(({ name, icon: Icon }) => (
            <li key={name}>
              <Icon size={16} stroke={1.5} aria-hidden />
              <Link href={wizardAddress(name)}>{t(`frame.wizard.${name}`)}</Link>
              <span>{t(`overview.wizards.${name}`)}</span>
            </li>
          ))}
        {seals ? (
          <li>
            <IconServer2 size={16} stroke={1.5} aria-hidden />
            <Link href="/clusters">{t('frame.page.clusters')}</Link>
            <span>{t('overview.clusters.what')}</span>
          </li>
        ) : null}
        <li>
          <IconRotateClockwise size={16} stroke={1.5} aria-hidden />
          <UnstyledButton onClick={() => setRestarting(true)}>{t('overview.restart.open')}</UnstyledButton>
          <span>{t('overview.restart.what')}</span>
        </li>
      </ul>
      {restarting ? (
        <Suspense>
          <RestartMinio stackId={stackId} onClose={() => setRestarting(false)} />
        </Suspense>
      ) : null}
    </section>
  );
}
