import { compareKeys } from '../../../clients/s3/keyOrder.ts';
import { type Alphabets, pointsOf, sharedDepth } from './alphabets.ts';
import { lastCharacter } from './codePoints.ts';

const most = 1e15;

/**
 * Keys as numbers: each depth is a digit in the alphabet that was seen there, and the last page says how many keys lie in a
 * stretch of such numbers. All is estimate: a cut may lie where no key is, but never outside its range.
 */
export interface Ruler {
  /** How many keys are left up to `to` (inclusive) or to the end, if it goes on as in the last page. */
  keysUpTo(to: string | undefined): number;
  /** A key about so many keys further on, before `to`; undefined when there is none between. */
  keyAfter(keys: number, to: string | undefined): string | undefined;
}

/** `first` and `last` of a page with `count` (at least two) keys. */
export function createRuler(first: string, last: string, count: number, alphabets: Alphabets): Ruler {
  const from = pointsOf(first);
  const at = pointsOf(last);
  const shared = sharedDepth(from, at);
  // Three more characters say it exactly enough.
  const lowest = Math.min(shared + 3, Math.max(from.length, at.length) - 1);
  /** How many numbers of the lowest depth one step at a depth is. */
  const weights: number[] = [];
  for (let depth = lowest, weight = 1; depth >= 0; depth--) {
    weights[depth] = weight;
    weight = Math.min(most, weight * Math.max(1, alphabets.at(depth).length));
  }
  const perKey = Math.max(distance(from, at, shared), 1e-9) / Math.max(1, count - 1);

  function distance(a: readonly number[], b: readonly number[], since: number): number {
    let sum = 0;
    for (let depth = since; depth <= lowest; depth++) sum += (rank(b[depth], depth) - rank(a[depth], depth)) * (weights[depth] ?? 1);
    return sum;
  }

  function rank(point: number | undefined, depth: number): number {
    if (point === undefined) return 0;
    const alphabet = alphabets.at(depth);
    const index = alphabet.findIndex((other) => other >= point);
    return index === -1 ? alphabet.length : index;
  }

  /** A short key is likely to be where a folder begins, and not in the void behind the last key of one. */
  function simplest(points: readonly number[], keys: number): readonly number[] {
    for (let depth = sharedDepth(at, points); depth < points.length; depth++) {
      const alphabet = alphabets.at(depth);
      const digit = rank(points[depth], depth);
      for (const point of [alphabet[digit], alphabet[digit + 1]]) {
        if (point === undefined) continue;
        const short = [...points.slice(0, depth), point];
        const reaches = distance(at, short, sharedDepth(at, short)) / perKey;
        if (reaches > keys * 0.75 && reaches < keys * 1.35) return short;
      }
    }
    return points;
  }

  return {
    keysUpTo(to) {
      if (to === undefined) {
        let sum = 0;
        for (let depth = 0; depth <= lowest; depth++)
          sum += Math.max(0, alphabets.at(depth).length - 1 - rank(at[depth], depth)) * (weights[depth] ?? 1);
        return Math.min(most, sum / perKey);
      }
      const end = pointsOf(to);
      return Math.max(0, Math.min(most, distance(at, end, sharedDepth(at, end)) / perKey));
    },

    keyAfter(keys, to) {
      const points: number[] = [];
      let carry = Math.max(1, Math.round(keys * perKey));
      for (let depth = lowest; depth >= 0; depth--) {
        const alphabet = alphabets.at(depth);
        const radix = Math.max(1, alphabet.length);
        const sum = rank(at[depth], depth) + carry;
        carry = Math.floor(sum / radix);
        points[depth] = alphabet[sum % radix] ?? at[depth] ?? 48;
      }
      if (carry > 0) return undefined;
      return between(last, String.fromCodePoint(...simplest(points, keys)), to);
    },
  };
}

/** Beyond all keys that begin as all keys seen do: there may be others, of another kind. */
export function keyAfterAllAlike(key: string, prefix: string, alphabets: Alphabets): string | undefined {
  const points = pointsOf(key);
  const varied = points.findIndex((_, depth) => alphabets.at(depth).length > 1);
  const alike = varied === -1 ? points : points.slice(0, varied);
  return alike.length <= pointsOf(prefix).length ? undefined : between(key, String.fromCodePoint(...alike) + lastCharacter, undefined);
}

function between(after: string, cut: string, to: string | undefined): string | undefined {
  // MinIO would read such a key as its own note about a position.
  if (cut.includes('[minio_cache:') || cut.includes('\0')) return undefined;
  return compareKeys(cut, after) > 0 && (to === undefined || compareKeys(cut, to) < 0) ? cut : undefined;
}
