import { useWords } from '../locales/language.ts';
import { type ChainHop, chainHops } from './objectCause.ts';
import styles from './objectChain.module.css';
import { type Mark, StateIcon } from './StateIcon.tsx';

/** How far the way from MinIO to an object's key goes. */
export function ObjectChain({ chain }: { chain: Readonly<Record<ChainHop, Mark>> }) {
  const { t } = useWords();
  return (
    <ol className={styles.chain} aria-label={t('audit.card.chain')}>
      {chainHops.map((hop) => (
        <li key={hop} data-mark={chain[hop]}>
          <StateIcon mark={chain[hop]} />
          <span>{t(`audit.card.hop.${hop}`)}</span>
        </li>
      ))}
    </ol>
  );
}
