import { Loader } from '@mantine/core';
import { Link } from 'wouter';
import type { Proof } from '../../../shared/proof.ts';
import { Age } from '../../components/Age.tsx';
import { formatNumber } from '../../components/format.ts';
import { type Mark, StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import styles from './proof.module.css';

const marks: Record<'proven' | 'notProven' | 'cancelled', Mark> = { proven: 'ok', notProven: 'fail', cancelled: 'absent' };

function resultOf(proof: Proof): 'proven' | 'notProven' | 'running' | 'cancelled' {
  return proof.error?.code === 'cancelled' ? 'cancelled' : proof.result;
}

/** All proofs of the stack at the left, as the steps of a set-up stand there. */
export function ProofList({ proofs, shown }: { proofs: readonly Proof[]; shown: string }) {
  const { t } = useWords();
  const language = useLanguage();
  return (
    <nav className={styles.list} aria-label={t('proof.list')}>
      <p className={styles.count}>{t('proof.listCount', { count: proofs.length, number: formatNumber(proofs.length, language) })}</p>
      <ul>
        {proofs.map((proof) => {
          const result = resultOf(proof);
          return (
            <li key={proof.id}>
              <Link href={`/proof/${proof.id}`} className={styles.item} aria-current={proof.id === shown ? 'true' : undefined}>
                {result === 'running' ? <Loader size={16} aria-hidden /> : <StateIcon mark={marks[result]} size={16} silent />}
                <span className={styles.name}>
                  {result === 'proven'
                    ? t(`proof.level.${proof.level}.name`)
                    : t(`proof.listed.${result}`, { level: t(`proof.level.${proof.level}.short`) })}
                </span>
                <Age at={proof.endedAt ?? proof.startedAt} className={styles.age ?? ''} />
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
