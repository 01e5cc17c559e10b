import { Loader } from '@mantine/core';
import type { AuditOptions } from '../../../shared/audit.ts';
import { useAgo } from '../../components/Age.tsx';
import { Fact } from '../../components/Fact.tsx';
import { formatNumber, formatSeconds } from '../../components/format.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import styles from './start.module.css';

/** Objects that one request of a listing tells of at most. */
const objectsAPage = 1000;

interface EstimateFactsProps {
  estimate: Output<'audit.estimate'> | undefined;
  options: AuditOptions;
  asking: boolean;
}

/** What a run would meet and cause, as far as somebody counted. Of a former scope until the new one is answered. */
export function EstimateFacts({ estimate: asked, options, asking }: EstimateFactsProps) {
  const { t, language } = useWords();
  const estimate = asked && withOptions(asked, options);
  const ago = useAgo(estimate?.countedAt);
  const n = (value: number): string => formatNumber(value, language);
  return (
    <section className={styles.estimate} aria-busy={asking}>
      <h2>
        {t('audit.start.estimate.head')}
        {asking ? <Loader size={12} role="img" aria-label={t('audit.start.estimating')} /> : null}
      </h2>
      {estimate === undefined ? (
        <p className={styles.why}>{asking ? t('audit.start.estimating') : ''}</p>
      ) : (
        <dl className={styles.facts}>
          <Fact label={t('audit.start.estimate.objects')}>
            {estimate.objects === undefined
              ? t('audit.start.estimate.unknown')
              : t('audit.start.estimate.objectsValue', { count: n(estimate.objects) })}
            {estimate.objects === undefined || estimate.from === undefined || estimate.countedAt === undefined ? null : (
              <span className={styles.note}>{t(`audit.start.estimate.counted.${estimate.from}`, { ago })}</span>
            )}
          </Fact>
          <Fact label={t('audit.start.estimate.buckets')}>{n(estimate.buckets.length)}</Fact>
          <Fact label={t('audit.start.estimate.time')}>
            {estimate.seconds === undefined
              ? t('audit.start.estimate.timeUnknown')
              : t('audit.start.estimate.timeValue', { time: formatSeconds(Math.max(1, estimate.seconds), language) })}
          </Fact>
          {estimate.kmsCalls === undefined ? null : (
            <Fact label={t('audit.start.estimate.kms')}>
              {estimate.kmsCalls.most === 0
                ? t('audit.start.estimate.kmsNone')
                : estimate.kmsCalls.least === estimate.kmsCalls.most
                  ? n(estimate.kmsCalls.most)
                  : t('audit.start.estimate.kmsRange', { least: n(estimate.kmsCalls.least), most: n(estimate.kmsCalls.most) })}
              {estimate.kmsCalls.most === 0 ? null : <span className={styles.note}>{t('audit.start.estimate.kmsWhy')}</span>}
            </Fact>
          )}
          <Fact label={t('audit.start.estimate.method')}>
            {estimate.method === 'list' ? (
              t('audit.start.estimate.list')
            ) : (
              <span className={styles.slow}>
                <StateIcon mark="warn" silent />
                {t('audit.start.estimate.headWay')}
              </span>
            )}
          </Fact>
          <Fact label={t('audit.start.estimate.credential')}>
            <span className="sd-mono">{estimate.credential}</span>
          </Fact>
        </dl>
      )}
    </section>
  );
}

/** Opening every object takes a time that nobody has measured and up to one KMS call each; a ceiling of requests makes a run longer. */
function withOptions(estimate: Output<'audit.estimate'>, { verifyAll, requestsPerSecond }: AuditOptions): Output<'audit.estimate'> {
  const { objects = 0, seconds, kmsCalls } = estimate;
  if (verifyAll) return { ...estimate, seconds: undefined, kmsCalls: kmsCalls && { ...kmsCalls, most: kmsCalls.most + objects } };
  if (requestsPerSecond === undefined || seconds === undefined) return estimate;
  const least = objects / (estimate.method === 'list' ? objectsAPage : 1) / requestsPerSecond;
  return { ...estimate, seconds: Math.max(seconds, least) };
}
