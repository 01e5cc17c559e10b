import { IconShieldLock } from '@tabler/icons-react';
import type { BucketRow } from '../../../shared/buckets.ts';
import { formatNumber, formatWhen, shorten } from '../../components/format.ts';
import { SpokenName } from '../../components/grid/RowName.tsx';
import { ObjectStateBadge } from '../../components/ObjectStateBadge.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { shareText } from '../../components/shares.ts';
import { useWords } from '../../locales/language.ts';
import styles from './cells.module.css';

interface CellProps {
  row: BucketRow;
}

/** The name, and whether its policy requires a header. */
export function NameCell({ row }: CellProps) {
  const { t } = useWords();
  return (
    <span className={styles.name}>
      <SpokenName name={row.name} />
      {row.requiresHeader ? (
        <span title={t('buckets.headerRequired')} className={styles.shield}>
          <IconShieldLock size={14} stroke={1.5} aria-hidden />
          <span className="sd-hidden">{t('buckets.headerRequired')}</span>
        </span>
      ) : null}
    </span>
  );
}

/** What may not be read is said, never left empty. */
function Unread() {
  const { t } = useWords();
  return (
    <span className={styles.quiet} title={t('buckets.unreadWhy')}>
      {t('buckets.unread')}
    </span>
  );
}

export function RuleCell({ row: { rule } }: CellProps) {
  const { t } = useWords();
  if (rule === undefined) return <Unread />;
  if (rule.kind !== 'none') return <ObjectStateBadge state={rule.kind} />;
  return (
    <span className={`sd-state ${styles.none}`}>
      <StateIcon mark="warn" size={15} silent /> {t('objects.rule.none')}
    </span>
  );
}

export function KeyCell({ row: { rule }, defaultKey }: CellProps & { defaultKey: string | undefined }) {
  const { t } = useWords();
  if (rule?.kind === 'sse-kms')
    return (
      <span className="sd-mono" title={rule.key}>
        {shorten(rule.key, 26)}
      </span>
    );
  if (rule?.kind !== 'sse-s3' || defaultKey === undefined) return null;
  return (
    <span className={`sd-mono ${styles.quiet}`} title={t('buckets.defaultKey')}>
      {shorten(defaultKey, 26)}
    </span>
  );
}

export function VersionsCell({ row: { versioning } }: CellProps) {
  const { t } = useWords();
  return versioning === undefined ? <Unread /> : t(`buckets.versions.${versioning}`);
}

/** Empty without object lock, as most are. */
export function LockCell({ row: { lock } }: CellProps) {
  const { t } = useWords();
  if (!lock) return null;
  if (lock.days !== undefined) return <span title={lock.mode}>{t('buckets.lock.days', { count: lock.days })}</span>;
  if (lock.years !== undefined) return <span title={lock.mode}>{t('buckets.lock.years', { count: lock.years })}</span>;
  return t('buckets.lock.on');
}

export function PlainCell({ row: { plaintext } }: CellProps) {
  const { t, language } = useWords();
  if (!plaintext) return <span className={styles.quiet}>{t('buckets.plain.notAudited')}</span>;
  const title = t('buckets.plain.at', { time: formatWhen(plaintext.at, language) });
  if (plaintext.objects === 0) return <span title={title}>0</span>;
  return (
    <span title={title}>
      <span className={styles.loud}>{formatNumber(plaintext.objects, language)}</span>
      <span className={styles.share}>{shareText(plaintext.share, 1, language)}</span>
    </span>
  );
}
