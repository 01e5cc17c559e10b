import type { BucketHead } from '../../../shared/objects.ts';
import type { Language } from '../../../shared/text.ts';
import { formatNumber, shorten } from '../../components/format.ts';
import type { EvidenceText } from '../../components/hops.ts';
import type { useWords } from '../../locales/language.ts';
import type { LevelPages } from './levelPages.ts';

interface Seen {
  bucket: string;
  head: BucketHead | undefined;
  pages: LevelPages;
}

/** What the server said of this level: its rule, and how many objects it told the state of. */
export function levelEvidence({ bucket, head, pages }: Seen, t: ReturnType<typeof useWords>['t'], language: Language): EvidenceText[] {
  const { at } = pages.totals();
  if (at === undefined) return [];
  const objects = pages.objects().filter(({ deleteMarker }) => !deleteMarker);
  const known = objects.filter(({ encryption }) => encryption.state !== 'unknown' && encryption.state !== 'notRead').length;
  const number = (value: number): string => formatNumber(value, language);
  const rule = head?.rule.value;
  const ruled = t(`objects.evidence.rule.${rule?.kind ?? 'unread'}`, {
    bucket: shorten(bucket, 32),
    key: rule?.kind === 'sse-kms' ? rule.key : '',
  });
  const counted = t('objects.evidence.listed', { count: objects.length, number: number(objects.length), known: number(known) });
  return [
    ...(head
      ? [{ mark: rule === undefined ? ('info' as const) : rule.kind === 'none' ? ('warn' as const) : ('ok' as const), text: ruled, at }]
      : []),
    { mark: known === objects.length ? 'ok' : 'warn', text: counted, at },
  ];
}
