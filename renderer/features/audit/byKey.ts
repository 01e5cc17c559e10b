import type { AuditKey } from '../../../shared/audit.ts';

/** What one key protects over all buckets, with its parts. */
export interface KeyGroup {
  readonly id: string;
  readonly state: AuditKey['state'];
  readonly kmsKey: string;
  readonly objects: number;
  readonly bytes: number;
  readonly oldest: string | undefined;
  readonly newest: string | undefined;
  readonly opens: { readonly answer: AuditKey['opens']['answer']; readonly how: AuditKey['opens']['how'] };
  readonly parts: readonly AuditKey[];
}

/**
 * Joins the keys of each bucket. What opens is only as good as its worst part: a key that opens in one bucket and not in
 * another opens in part; one that was not tested in a bucket is not said to open. Pure; most objects first.
 */
export function byKey(keys: readonly AuditKey[]): KeyGroup[] {
  const groups = new Map<string, AuditKey[]>();
  for (const key of keys) {
    const id = `${key.state} ${key.kmsKey}`;
    groups.set(id, [...(groups.get(id) ?? []), key]);
  }
  return [...groups]
    .map(([id, parts]): KeyGroup => {
      const first = parts[0] as AuditKey;
      const times = (end: 'oldest' | 'newest'): string[] => parts.flatMap((part) => part[end]?.modifiedAt ?? []).sort();
      return {
        id,
        state: first.state,
        kmsKey: first.kmsKey,
        objects: parts.reduce((sum, { objects }) => sum + objects, 0),
        bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
        oldest: times('oldest')[0],
        newest: times('newest').at(-1),
        opens: opensOf(parts),
        parts: [...parts].sort((a, b) => b.objects - a.objects),
      };
    })
    .sort((a, b) => b.objects - a.objects);
}

function opensOf(parts: readonly AuditKey[]): KeyGroup['opens'] {
  const answers = new Set(parts.map(({ opens }) => opens.answer));
  const how = parts.every(({ opens }) => opens.how === 'read')
    ? ('read' as const)
    : parts.some(({ opens }) => opens.how)
      ? ('sample' as const)
      : undefined;
  const [only] = answers;
  if (answers.size === 1 && only) return { answer: only, how };
  if (answers.has('differs') || (answers.has('yes') && answers.has('no'))) return { answer: 'differs', how };
  // Some bucket was not tested: a known "no" is told, a "yes" elsewhere is not stretched over it.
  return answers.has('no') ? { answer: 'no', how } : { answer: 'notTested', how: undefined };
}
