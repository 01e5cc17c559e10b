import { Button } from '@mantine/core';
import type { InPlace } from '../../../shared/inPlace.ts';
import { formatNumber, formatWhen } from '../../components/format.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { inPlaceAddress, type Ruled } from './place.ts';

interface InPlaceProps {
  stackId: string;
  bucket: string;
  prefix: string;
  rule: Ruled;
  named: boolean;
  /** The policy is set: this is what is left to do. */
  next: boolean;
}

/** What lies below the prefix already, and the last run that was of it. */
export function PrefixInPlace({ stackId, bucket, prefix, rule, named, next }: InPlaceProps) {
  const { t, language } = useWords();
  const runs = useCall('inPlace.list', { stackId }).data?.runs ?? [];
  const last = runs.find(({ scope, startedAt }) => startedAt !== undefined && isOf(scope, bucket, prefix));
  const done = last?.counts.done ?? 0;
  return (
    <section>
      <h2>{t('buckets.prefix.inPlace')}</h2>
      <p>{t('buckets.prefix.inPlaceWhy')}</p>
      {last ? (
        <p className="sd-state">
          <StateIcon mark={last.state === 'ended' ? 'ok' : 'info'} silent />
          <a href={`#/in-place/${last.id}`}>
            {t('buckets.prefix.lastRun', { time: formatWhen(last.at, language), count: done, number: formatNumber(done, language) })}
          </a>
        </p>
      ) : null}
      {named ? (
        <div>
          <Button component="a" href={inPlaceAddress(bucket, { prefix, rule })} {...(next && !last ? { variant: 'filled' } : {})}>
            {t('buckets.plan.inPlace')}
          </Button>
        </div>
      ) : null}
    </section>
  );
}

function isOf(scope: InPlace['scope'], bucket: string, prefix: string): boolean {
  return scope.from === 'prefix' && scope.bucket === bucket && scope.prefix === prefix;
}
