import { Link } from 'wouter';
import type { BucketHead } from '../../../shared/objects.ts';
import { useAgo } from '../../components/Age.tsx';
import { formatBytes, formatFull, formatNumber } from '../../components/format.ts';
import { useLanguage, useWords } from '../../locales/language.ts';
import styles from './objects.module.css';
import { ruleAddress } from './place.ts';

/** That there is no rule, since when, where that is known, and the way to one. */
export function NoRule({ bucket, since }: { bucket: string; since: string | undefined }) {
  const { t } = useWords();
  const ago = useAgo(since);
  return (
    <>
      {since === undefined ? t('objects.rule.answerNone') : t('objects.level.head.ruleGone', { ago })}{' '}
      <Link href={ruleAddress(bucket)}>{t('objects.rule.set')}</Link>
    </>
  );
}

/** What else the bucket does with new objects, on one line: versions, lock, quota, and what the server last counted. */
export function BucketFacts({ head }: { head: BucketHead | undefined }) {
  const { t } = useWords();
  const language = useLanguage();
  const counted = head?.usage.value;
  const ago = useAgo(counted?.at);
  const number = (value: number): string => formatNumber(value, language);
  if (!head) return <p className={styles.bucketFacts} />;
  const { versioning, lock, quota } = head;
  const facts: { id: string; text: string; title?: string | undefined }[] = [
    { id: 'versioning', text: t(`objects.level.head.versioning.${versioning.value ?? 'unread'}`) },
    { id: 'lock', text: lockWords() },
  ];
  if (quota.error) facts.push({ id: 'quota', text: t('objects.level.head.quotaUnread') });
  else if (quota.value) facts.push({ id: 'quota', text: t('objects.level.head.quota', { size: formatBytes(quota.value, language) }) });
  if (counted)
    facts.push({
      id: 'usage',
      text: t('objects.level.head.usage', {
        objects: t('objects.total.objects', { count: counted.objects, number: number(counted.objects) }),
        size: formatBytes(counted.bytes, language),
        ago,
      }),
      title: counted.at === undefined ? undefined : formatFull(counted.at, language),
    });
  return (
    <p className={styles.bucketFacts}>
      {facts.map(({ id, text, title }) => (
        <span key={id} title={title}>
          {text}
        </span>
      ))}
    </p>
  );

  function lockWords(): string {
    const value = lock.value;
    if (!value) return t('objects.level.head.lock.unread');
    const { on, mode, days, years } = value;
    if (!on) return t('objects.level.head.lock.off');
    if (mode === undefined) return t('objects.level.head.lock.on');
    const count = days ?? years ?? 0;
    return t(days === undefined ? 'objects.level.head.lock.years' : 'objects.level.head.lock.days', { mode, count, number: number(count) });
  }
}
