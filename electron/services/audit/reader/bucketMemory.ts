import { codePoints } from './codePoints.ts';

/** What one bucket's keys have shown so far, and how many requests may still go into names. */
export interface BucketMemory {
  /** Characters of known keys and how often; those of bad ones count more. */
  readonly characters: Map<string, number>;
  /** The bad key before this one, with nothing good between. */
  lastBad?: string;
  /** Chains of guessed names that gave nothing, in a row. */
  misses: number;
  /** Requests left for a stretch of bad keys, and for the whole bucket: what names give back keeps both filled. */
  stretch: number;
  total: number;
  /** Places that were stepped over since nothing was left. */
  steppedOver: number;
  /** Some object here has a version id. */
  hasVersions: boolean;
}

/** At most so many requests for the name of one bad key (minio.md 4.6). */
export const perKey = 500;

export function newMemory(): BucketMemory {
  return { characters: new Map(), misses: 0, stretch: perKey, total: 20_000, steppedOver: 0, hasVersions: false };
}

const kept = 3;
const usual = codePoints('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_ =+,()@&$!~\'";:[]{}#%^*?<>|\\`');

/** Learns the shape of keys from the last few of a page. */
export function learn(memory: BucketMemory, keys: readonly string[], weight = 1): void {
  for (const key of keys.slice(-kept))
    for (const character of codePoints(key)) memory.characters.set(character, (memory.characters.get(character) ?? 0) + weight);
}

/** Frequent ones first. `/` is the last: as a delimiter it lists another way, and hides the rest of the folder before. */
export function candidates({ characters }: BucketMemory): string[] {
  const known = [...characters].sort(([, a], [, b]) => b - a).map(([character]) => character);
  return [...new Set([...known, ...usual])].filter((character) => character !== '/').concat('/');
}

export function mayAsk(memory: BucketMemory): number {
  return Math.min(perKey, memory.stretch, memory.total);
}

export function spend(memory: BucketMemory, requests: number): void {
  memory.stretch -= requests;
  memory.total -= requests;
}

/** A name found is worth asking on. */
export function earn(memory: BucketMemory, names: number): void {
  memory.stretch = Math.min(perKey, memory.stretch + 5 * names);
  memory.total += 10 * names;
}
