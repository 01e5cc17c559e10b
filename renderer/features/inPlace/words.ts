import type { EncryptionChoice } from '../../../shared/encryption.ts';
import type { InPlace, InPlaceScope } from '../../../shared/inPlace.ts';
import { formatNumber, formatWhen, shorten } from '../../components/format.ts';
import type { Mark } from '../../components/StateIcon.tsx';
import type { useWords } from '../../locales/language.ts';

type Words = ReturnType<typeof useWords>;

/** What a run is of, in one sentence. */
export function scopeWords(scope: InPlaceScope, { t, language }: Words): string {
  if (scope.from === 'objects') {
    const [one] = scope.objects;
    if (scope.objects.length === 1) return `${scope.bucket}/${shorten(one?.key ?? '', 60)}`;
    return t('inPlace.scope.objects', {
      count: scope.objects.length,
      number: formatNumber(scope.objects.length, language),
      bucket: scope.bucket,
    });
  }
  const place = scope.from === 'prefix' ? scope : { bucket: scope.filter.bucket, prefix: scope.filter.prefix ?? '' };
  const where =
    place.bucket === undefined ? t('inPlace.scope.everywhere') : `${place.bucket}${place.prefix === '' ? '' : `/${place.prefix}`}`;
  return scope.from === 'audit' ? t('inPlace.scope.audit', { where, when: formatWhen(auditTime(scope.auditId), language) }) : where;
}

/** An audit's id is when it began, in UTC. */
function auditTime(id: string): string {
  return id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d).*$/, '$1-$2-$3T$4:$5:$6Z');
}

export function targetWords(target: EncryptionChoice, { t }: Words): string {
  if (target.kind === 'sse-kms') return `SSE-KMS ${target.key}`;
  if (target.kind === 'rule') return t('inPlace.target.rule');
  return target.kind === 'sse-s3' ? 'SSE-S3' : 'SSE-C';
}

const leftOutcomes = ['changed', 'gone', 'locked', 'refused', 'unproven', 'failed'] as const;

/** Objects that were looked at and are not encrypted by this run. */
export function leftIn({ counts }: Pick<InPlace, 'counts'>): number {
  return leftOutcomes.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0);
}

/** The answer to the page's question: what is encrypted, and what is not. */
export function answerOf(run: InPlace, { t, language }: Words): { mark: Mark; text: string } {
  const n = (value: number): string => formatNumber(value, language);
  const left = leftIn(run);
  const done = run.counts.done ?? 0;
  const values = { done: n(done), total: n(run.total), left: n(left) };
  if (run.state === 'planning') return { mark: 'info', text: t('inPlace.answer.planning') };
  if (run.state === 'planned')
    return run.total === 0
      ? { mark: 'ok', text: t('inPlace.answer.nothing') }
      : {
          mark: 'info',
          text: t(run.mode === 'history' ? 'inPlace.answer.plannedHistory' : 'inPlace.answer.planned', { count: run.total, ...values }),
        };
  if (run.state === 'failed') return { mark: 'fail', text: t('inPlace.answer.failed', values) };
  if (run.state !== 'ended') return { mark: run.state === 'running' ? 'info' : 'warn', text: t(`inPlace.answer.${run.state}`, values) };
  if ((run.counts.unproven ?? 0) > 0)
    return {
      mark: 'fail',
      text: t('inPlace.answer.unproven', { ...values, count: run.counts.unproven, number: n(run.counts.unproven ?? 0) }),
    };
  return left > 0
    ? { mark: 'warn', text: t('inPlace.answer.left', values) }
    : { mark: 'ok', text: t('inPlace.answer.done', { count: done, ...values }) };
}
