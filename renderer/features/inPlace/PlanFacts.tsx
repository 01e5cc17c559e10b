import type { InPlacePlan } from '../../../shared/inPlace.ts';
import { Fact } from '../../components/Fact.tsx';
import { formatBytes, formatDay, formatNumber, formatSeconds, shorten } from '../../components/format.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import styles from './inPlace.module.css';
import { ruleAddress } from './place.ts';

/** True of every copy; the others are about these objects. */
const quiet: ReadonlySet<string> = new Set(['inPlaceWarnModified', 'inPlaceWarnEvents', 'inPlaceWarnEtag']);

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** What the run will do, in numbers; what it leaves, and what there is to know before. */
export function PlanFacts({ plan, mode }: { plan: InPlacePlan; mode: 'current' | 'history' }) {
  const { t, language } = useWords();
  const { sentence } = useSentence();
  const n = (value: number): string => formatNumber(value, language);
  const stays = plan.buckets.some(({ extraStays }) => extraStays);
  const extra = sum(plan.buckets.map(({ extraBytes }) => extraBytes));
  const older = sum(plan.buckets.map(({ noncurrent }) => noncurrent.versions));
  return (
    <div className={styles.plan}>
      <dl className={styles.facts}>
        <Fact label={t(mode === 'history' ? 'inPlace.fact.versions' : 'inPlace.fact.objects')}>
          {n(plan.objects)} · {formatBytes(plan.bytes, language)}
        </Fact>
        {plan.seconds === undefined || plan.objects === 0 ? null : (
          <Fact label={t('inPlace.fact.time')}>
            {formatSeconds(plan.seconds, language)}{' '}
            <span className={styles.quiet}>{t(`inPlace.fact.rate.${plan.rateFrom ?? 'assumed'}`)}</span>
          </Fact>
        )}
        <Fact label={t('inPlace.fact.space')}>
          {formatBytes(extra, language)}{' '}
          <span className={styles.quiet}>{t(stays ? 'inPlace.fact.spaceStays' : 'inPlace.fact.spacePasses')}</span>
        </Fact>
        {older > 0 && mode === 'current' ? (
          <Fact label={t('inPlace.fact.older')}>
            {n(older)} <span className={styles.quiet}>{t('inPlace.fact.olderStay')}</span>
          </Fact>
        ) : null}
      </dl>
      {plan.buckets.length > 0 ? (
        <table className={styles.table} aria-label={t('inPlace.buckets.head')} data-kind="buckets">
          <thead>
            <tr>
              {(['bucket', 'versioning', 'objects', 'bytes', 'older', 'locked'] as const).map((column) => (
                <th key={column} data-column={column}>
                  {t(`inPlace.buckets.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {plan.buckets.map(({ bucket, versioning, objects, bytes, noncurrent, locked }) => (
              <tr key={bucket}>
                <td data-column="bucket" title={bucket}>
                  {shorten(bucket, 44)}
                </td>
                <td data-column="versioning">{t(`inPlace.versioning.${versioning}`)}</td>
                <td data-column="objects">{n(objects)}</td>
                <td data-column="bytes">{formatBytes(bytes, language)}</td>
                <td data-column="older">{n(noncurrent.versions)}</td>
                <td
                  data-column="locked"
                  title={locked.until === undefined ? undefined : t('inPlace.buckets.until', { day: formatDay(locked.until, language) })}
                >
                  {n(locked.versions)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {plan.leftOut.length > 0 ? (
        <section aria-labelledby="in-place-left">
          <h2 id="in-place-left">{t('inPlace.left.head')}</h2>
          <ul className={styles.left}>
            {plan.leftOut.map(({ reason, objects, sample }) => (
              <li key={JSON.stringify(reason)}>
                <span className={styles.count}>{n(objects)}</span>
                <span>
                  {sentence(reason)}
                  <span className={`${styles.sample} sd-mono`} title={sample.join('\n')}>
                    {sample.map((name) => shorten(name, 48)).join(', ')}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {plan.checks.length > 0 && plan.objects > 0 ? (
        <section aria-labelledby="in-place-checks">
          <h2 id="in-place-checks">{t('inPlace.checks')}</h2>
          <ul className={styles.warns}>
            {plan.checks.map((check) => (
              <li key={JSON.stringify(check)}>
                <StateIcon mark={check.code === 'inPlaceCheckLarge' ? 'warn' : 'ok'} silent />
                <span>{sentence(check)}</span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {plan.warns.length > 0 ? (
        <section aria-labelledby="in-place-warns">
          <h2 id="in-place-warns">{t('inPlace.warns')}</h2>
          <ul className={styles.warns}>
            {plan.warns.map((warn) => (
              <li key={JSON.stringify(warn)}>
                <StateIcon mark={quiet.has(warn.code) ? 'info' : 'warn'} silent />
                <span>
                  {sentence(warn)} {warn.code === 'inPlaceWarnNoRule' ? <RuleLink bucket={String(warn.params?.bucket ?? '')} /> : null}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}

function RuleLink({ bucket }: { bucket: string }) {
  const { t } = useWords();
  return <a href={ruleAddress([bucket])}>{t('inPlace.noRule.setOf', { bucket: shorten(bucket, 32) })}</a>;
}
