import type { PageToken } from '../../../clients/s3/listing.ts';
import { type Alphabets, pointsOf, sharedDepth } from './alphabets.ts';
import { lastCharacter } from './codePoints.ts';
import type { Ruler } from './cutKey.ts';
import type { Position } from './place.ts';

/** MinIO gives no more. */
export const fullPage = 1000;

/** A range at work. */
export interface Live {
  id: number;
  bucket: Bucket;
  to?: string;
  /** What is stored. */
  position: Position;
  /** What has landed: stored a moment later. */
  landed: Position;
  token?: PageToken;
  again: boolean;
  /** Ask once from this version of the key instead. */
  detour?: string;
  /** Pages in a row that brought nothing. */
  stuck: number;
  ended: boolean;
  /** The last page was made to fit what seemed to be left. */
  shrunk: boolean;
  /** The page under way is asked for by a walk that another range began. */
  shares: boolean;
  busy: boolean;
  /** Of the page under way. */
  asked: number;
  ruler?: Ruler;
  /** Keys that are probably in it, until a page tells. */
  estimate: number;
  /** Until the next page no place for a cut was found. */
  cuttable: boolean;
  /** Cut off another range that stood at `from`, and no page has told whether there is anything in it. */
  guess?: { old: Live; from: string; cut: string };
  /** Nothing begins as `to` does, to this depth, from there on: once that far, little may be left. */
  voidFrom?: number | undefined;
  /** It was looked beyond all that begins alike. */
  lookedBeyond: boolean;
  pageLimit: number;
  done: boolean;
}

/** What is known of a bucket while it is read. */
export interface Bucket {
  number: number;
  alphabets: Alphabets;
  expected?: number | undefined;
  keys: number;
  pages: number;
  /** How far cuts reach: power of the estimated rest. Near 1 while guesses hit, 0.5 after one that missed. */
  reach: number;
  /** Guesses without a key in a row, and the number of pages before which no other guess is made. */
  misses: number;
  hits: number;
  guessFrom: number;
  guesses: number;
  /** Guesses that no page has answered yet. */
  open: number;
  /** The server's walk that all ranges share; '': better not. */
  walk?: string | undefined;
}

/** Only that which no key answered costs: the server walks a directory for nothing. `size`: of a page that takes no longer than it should. */
export function mayGuess(bucket: Bucket, size: number): boolean {
  // A second page would tell more of the keys, but where pages are slow nothing is as dear as to wait for one.
  if (bucket.pages < 2 && size === fullPage && (bucket.expected ?? 0) < 3 * fullPage) return false;
  return bucket.pages >= bucket.guessFrom && bucket.open < 2 + bucket.hits;
}

/** `first`: the first key of the first page from a cut, in its range; undefined: there is none. */
export function weighGuess(live: Live, { old, from, cut }: NonNullable<Live['guess']>, first: string | undefined): void {
  const { bucket } = live;
  delete live.guess;
  bucket.open--;
  bucket.misses = first === undefined ? bucket.misses + 1 : 0;
  bucket.hits = first === undefined ? 0 : bucket.hits + 1;
  bucket.reach = first === undefined ? 0.5 : (1 + bucket.reach) / 2;
  // Each miss brings the end much nearer, and is answered sooner than a page: the first ones cost less than to wait.
  bucket.guessFrom = first === undefined ? bucket.pages + 2 ** Math.min(6, Math.max(0, bucket.misses - 2)) - 1 : 0;
  if (first === undefined) return;
  const points = pointsOf(cut);
  const depth = sharedDepth(pointsOf(from), points);
  if (sharedDepth(points, pointsOf(first)) >= depth || cut.endsWith(lastCharacter)) return;
  // All that begins like the cut ended before it: the rest of the old range is short, and the next guess reaches less far.
  if (old.to === cut) old.voidFrom = depth;
  bucket.alphabets.limit(depth, points[depth] ?? 0);
}

/** Once its page may show mostly what lies behind its end. */
export function isAtVoid({ voidFrom, landed }: Live, to: string): boolean {
  return voidFrom !== undefined && sharedDepth(pointsOf(landed.after), pointsOf(to)) >= voidFrom;
}

/** Goes on from a position, without the server's token. */
export function restart(live: Live, position: Position): void {
  live.landed = position;
  live.ended = false;
  live.again = false;
  delete live.token;
  delete live.detour;
}
