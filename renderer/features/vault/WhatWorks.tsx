import { EvidenceLine } from '../../components/EvidenceLine.tsx';
import { formatClock } from '../../components/format.ts';
import { useLanguage, useWords } from '../../locales/language.ts';
import type { MeanwhileLine } from './meanwhile.ts';
import styles from './vault.module.css';

/** What still works behind Vault as it is now, and the time when that stops. */
export function WhatWorks({ lines }: { lines: readonly MeanwhileLine[] }) {
  const { t } = useWords();
  const language = useLanguage();
  if (lines.length === 0) return null;
  const open = lines.some(({ says }) => says === 'vaultActive');
  return (
    <section className={styles.section}>
      <h2>{t(open ? 'vault.meanwhile.behind' : 'vault.meanwhile.head')}</h2>
      {lines.map(({ mark, says, at, until }) => (
        <EvidenceLine key={says} mark={mark} at={at}>
          {t(`vault.meanwhile.${says}`, { until: until === undefined ? '' : formatClock(until, language, true) })}
        </EvidenceLine>
      ))}
    </section>
  );
}
