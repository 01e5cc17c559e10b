import type { AuditScope } from '../../../shared/audit.ts';
import { shorten } from '../../components/format.ts';
import type { useWords } from '../../locales/language.ts';

/** A scope in words: "2 buckets: first, second, below 2023/, with versions". Pure. */
export function scopeWords({ buckets, prefix, versions }: AuditScope, t: ReturnType<typeof useWords>['t']): string {
  const names = (buckets ?? []).slice(0, 2).map((name) => shorten(name, 24));
  const more = buckets && buckets.length > names.length ? ['…'] : [];
  return [
    buckets ? t('audit.runs.buckets', { count: buckets.length, names: [...names, ...more].join(', ') }) : t('audit.runs.allBuckets'),
    ...(prefix === '' ? [] : [t('audit.runs.below', { prefix: shorten(prefix, 24) })]),
    ...(versions ? [t('audit.runs.versions')] : []),
  ].join(', ');
}
