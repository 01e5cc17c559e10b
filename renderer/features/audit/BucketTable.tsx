import type { Audit, AuditBucket } from '../../../shared/audit.ts';
import { RuleCell } from '../../components/BucketRules.tsx';
import { formatDay, formatNumber, shorten } from '../../components/format.ts';
import { useWords } from '../../locales/language.ts';
import styles from './keys.module.css';
import { sum } from './map/values.ts';
import { addressOf, encryptAddress } from './place.ts';

/** Each bucket's rule now, and its plaintext from before and since. */
export function BucketTable({ audit, buckets }: { audit: Audit; buckets: readonly AuditBucket[] }) {
  const { id } = audit;
  const { t, language } = useWords();
  const n = (value: number): string => formatNumber(value, language);
  return (
    <section aria-labelledby="by-bucket">
      <h2 id="by-bucket" className={styles.head}>
        {t('audit.keys.perBucket')}
      </h2>
      <table className={styles.table} data-kind="buckets" aria-labelledby="by-bucket">
        <thead>
          <tr>
            {(['bucket', 'rule', 'before', 'after', 'versions', 'objects'] as const).map((column) => (
              <th key={column} data-column={column}>
                {t(`audit.keys.bucketColumn.${column}`)}
              </th>
            ))}
            <th data-column="next">
              <span className="sd-hidden">{t('audit.findings.encrypt')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {buckets.map((bucket) => {
            const plain = bucket.current.objects[0] ?? 0;
            const known = bucket.plainBefore !== undefined && bucket.plainAfter !== undefined;
            const place = { bucket: bucket.name, states: ['plaintext' as const] };
            const since = bucket.ruleSince?.at;
            return (
              <tr key={bucket.name}>
                <td data-column="bucket" title={bucket.name}>
                  {shorten(bucket.name, 44)}
                </td>
                <td data-column="rule">
                  <span className={styles.rule}>
                    <RuleCell rule={bucket.rule} />
                    {bucket.rule && bucket.rule.kind !== 'none' ? (
                      <span
                        className={styles.quiet}
                        title={bucket.ruleSince ? t(`audit.keys.sinceFrom.${bucket.ruleSince.from}`) : undefined}
                      >
                        {since === undefined ? t('audit.keys.sinceUnknown') : t('audit.keys.since', { day: formatDay(since, language) })}
                      </span>
                    ) : null}
                  </span>
                </td>
                {known || plain === 0 ? (
                  <>
                    <td data-column="before">
                      <PlainCount
                        count={bucket.plainBefore ?? 0}
                        href={addressOf(id, 'objects', { ...place, ...(since === undefined ? {} : { before: since }) })}
                      />
                    </td>
                    <td data-column="after">
                      <PlainCount
                        count={bucket.plainAfter ?? 0}
                        href={addressOf(id, 'objects', { ...place, ...(since === undefined ? {} : { from: since }) })}
                      />
                    </td>
                  </>
                ) : (
                  <td data-column="after" colSpan={2}>
                    <PlainCount count={plain} href={addressOf(id, 'objects', place)} />{' '}
                    <span className={styles.quiet}>{t('audit.keys.inAll')}</span>
                  </td>
                )}
                <td data-column="versions">
                  {bucket.versioning ? t(`audit.keys.versioning.${bucket.versioning}`) : t('audit.keys.notKnown')}
                </td>
                <td data-column="objects">{n(sum(bucket.current.objects))}</td>
                <td data-column="next">
                  {plain > 0 && encryptAddress(audit, place) ? (
                    <a href={encryptAddress(audit, place)} aria-label={`${t('audit.findings.encrypt')}: ${bucket.name}`}>
                      {t('audit.findings.encrypt')}
                    </a>
                  ) : null}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function PlainCount({ count, href }: { count: number; href: string }) {
  const { language } = useWords();
  return count === 0 ? (
    '0'
  ) : (
    <a href={href} className={styles.plain}>
      {formatNumber(count, language)}
    </a>
  );
}
