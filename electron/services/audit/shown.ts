import type { Amounts, AuditBucket, AuditGap, AuditKey } from '../../../shared/audit.ts';
import { say, type Text } from '../../../shared/text.ts';

interface Parts {
  buckets: AuditBucket[];
  keys: AuditKey[];
  gaps: AuditGap[];
  limits: Text[];
}

/** Of each list, as JSON: an answer to the command line may have 16 MiB. */
const mostBytes = 4_000_000;
const words = { buckets: 'auditLimitMoreBuckets', keys: 'auditLimitMoreKeys', gaps: 'auditLimitMoreGaps' } as const;

/**
 * What one answer shows of a run: of very many buckets, keys or gaps only those that need a look most, in their order, and a
 * word on how many are left out. Reports hold all.
 */
export function shownOf<P extends Parts>(parts: P): P {
  const cut = {
    buckets: worst(parts.buckets, ({ current, noncurrent }) => troubled(current) + troubled(noncurrent)),
    keys: worst(parts.keys, ({ opens, objects }) => (opens.answer === 'no' || opens.answer === 'differs' ? 1e12 : 0) + objects),
    gaps: worst(parts.gaps, () => 0),
  };
  const more = (['buckets', 'keys', 'gaps'] as const).flatMap((name) => {
    const left = parts[name].length - cut[name].length;
    return left > 0 ? [say(words[name], { count: left.toLocaleString('en') })] : [];
  });
  return { ...parts, ...cut, limits: [...parts.limits, ...more] };
}

const troubled = ({ objects: [plaintext = 0, unreadable = 0, unknown = 0] }: Amounts): number => plaintext + unreadable + unknown;

/** The items of greatest weight that fit, in the order in which they stood. */
function worst<T>(items: readonly T[], weight: (item: T) => number): T[] {
  const ranked = items.map((item, at) => ({ item, at, weight: weight(item) }));
  ranked.sort((one, other) => other.weight - one.weight || one.at - other.at);
  let bytes = 0;
  const end = ranked.findIndex(({ item }) => {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    return bytes > mostBytes;
  });
  const fitting = end === -1 ? ranked : ranked.slice(0, end);
  return fitting.sort((one, other) => one.at - other.at).map(({ item }) => item);
}
