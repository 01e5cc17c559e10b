import { type RightsModel, verdictOf } from '../../../../shared/kesRules.ts';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { useWords } from '../../../locales/language.ts';
import type { Who } from './RightsTable.tsx';
import styles from './rights.module.css';

/** Which rule decides, and in which line it stands. */
export function Why({ model, who, path }: { model: RightsModel; who: Who | undefined; path: string }) {
  const { t } = useWords();
  if (!who) return null;
  const { allowed, why, policy = '', by } = verdictOf(model, who.hash, path);
  const values = { who: who.name ?? `${who.hash.slice(0, 8)}…`, path, policy, rule: by?.rule ?? '' };
  return (
    <section className={styles.why} aria-label={t('kesConfig.rights.why')} role="status">
      <EvidenceLine mark={allowed ? 'ok' : 'absent'}>
        {t(`kesConfig.why.${why}`, values)}
        {by?.line === undefined ? '' : ` ${t('kesConfig.rights.atLine', { line: by.line })}`}
      </EvidenceLine>
    </section>
  );
}
