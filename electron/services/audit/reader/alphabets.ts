/** No key is longer. */
const deepest = 1024;
const mostAtDepth = 200;

/** What characters stand at which depth of a bucket's keys, as far as was seen. Depths count code points. */
export interface Alphabets {
  learn(key: string): void;
  /** Sorted by code point; what else is probable there is filled in: all digits, hex digits, letters. */
  at(depth: number): readonly number[];
  /** No key was found from this character on, where others begin alike: what was not seen from there on is not filled in. */
  limit(depth: number, from: number): void;
}

/** All keys begin with `prefix`. */
export function createAlphabets(prefix = ''): Alphabets {
  const fixed = pointsOf(prefix);
  const seen: Set<number>[] = [];
  const filled: (number[] | undefined)[] = [];
  const limits: number[] = [];
  return {
    learn(key) {
      const points = pointsOf(key);
      for (const [depth, point] of points.entries()) {
        seen[depth] ??= new Set();
        const set = seen[depth];
        if (set.has(point) || set.size >= mostAtDepth) continue;
        set.add(point);
        filled[depth] = undefined;
      }
    },
    at(depth) {
      const always = fixed[depth];
      filled[depth] ??= always === undefined ? fill(seen[depth] ?? new Set(), limits[depth] ?? Infinity) : [always];
      return filled[depth];
    },
    limit(depth, from) {
      limits[depth] = Math.min(from, limits[depth] ?? Infinity);
      filled[depth] = undefined;
    },
  };
}

/** Code points of the part of a key that is looked at. */
export function pointsOf(key: string): number[] {
  const points: number[] = [];
  for (const character of key) {
    if (points.length === deepest) break;
    points.push(character.codePointAt(0) ?? 0);
  }
  return points;
}

const digits = [...'0123456789'].map((c) => c.charCodeAt(0));
const lower = [...'abcdefghijklmnopqrstuvwxyz'].map((c) => c.charCodeAt(0));
const upper = lower.map((point) => point - 32);

const [hanFirst, hanLast] = [0x4e00, 0x9fff];
const someHan = Array.from({ length: 328 }, (_, index) => hanFirst + index * 64);

/** One digit is probably part of a number; one letter alone is probably part of a word that all keys share. */
function fill(set: ReadonlySet<number>, limit: number): number[] {
  const all = new Set(set);
  const hasDigits = digits.some((point) => set.has(point));
  if (hasDigits) for (const point of digits) all.add(point);
  for (const letters of [lower, upper]) {
    const found = letters.filter((point) => set.has(point));
    const isHex = hasDigits && found.every((point) => letters.indexOf(point) < 6);
    if (found.length > 1 || (isHex && found.length > 0)) for (const point of isHex ? letters.slice(0, 6) : letters) all.add(point);
  }
  if ([...set].filter((point) => point >= hanFirst && point <= hanLast).length > 1) for (const point of someHan) all.add(point);
  return [...all].filter((point) => point < limit || set.has(point)).sort((a, b) => a - b);
}

export function sharedDepth(a: readonly number[], b: readonly number[]): number {
  let depth = 0;
  while (depth < a.length && depth < b.length && a[depth] === b[depth]) depth++;
  return depth;
}
