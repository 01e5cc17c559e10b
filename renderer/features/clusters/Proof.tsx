import type { ClusterProof } from '../../../shared/clusters.ts';
import { EvidenceLine } from '../../components/EvidenceLine.tsx';
import { useWords } from '../../locales/language.ts';
import styles from './clusters.module.css';

/** What was seen of a proof: whose KES counted which write, and who was refused what. */
export function Proof({ proof }: { proof: ClusterProof }) {
  const { t } = useWords();
  return (
    <section className={styles.proof} aria-labelledby="clusters-proof">
      <h2 id="clusters-proof">{t('clusters.proof.head')}</h2>
      {proof.clusters.map(({ id, ownWrite, otherWrite }) => (
        <EvidenceLine key={id} mark="ok" at={proof.at}>
          {t('clusters.proof.wrote', {
            id,
            writes: proof.writes,
            own: t('clusters.proof.counted', { count: ownWrite }),
            other: t('clusters.proof.counted', { count: otherWrite }),
          })}
        </EvidenceLine>
      ))}
      {proof.clusters.some(({ otherWrite }) => otherWrite > 0) ? <p className={styles.quiet}>{t('clusters.proof.lights')}</p> : null}
      {proof.refused.map(({ by, of, what, asked, status }) => (
        <EvidenceLine key={`${by} ${of} ${what} ${asked}`} mark="ok" at={proof.at}>
          {t(`clusters.proof.${what}`, { by, of })}
          <span className={styles.asked}>{t('clusters.proof.answer', { asked, status })}</span>
        </EvidenceLine>
      ))}
    </section>
  );
}
