import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Listed, Page, PageRequest, PageToken } from '../../../clients/s3/listing.ts';
import type { KeyRange } from '../work.ts';
import { createAlphabets } from './alphabets.ts';
import { createRuler, keyAfterAllAlike } from './cutKey.ts';
import { type Bucket, fullPage, isAtVoid, type Live, mayGuess, restart, weighGuess } from './liveRange.ts';
import { askFrom, type Landing, land, type Position } from './place.ts';
import { inWalk, walkOf } from './walkNote.ts';

/** The very first page is small, so that there is something to see, and the shape of the keys is known, at once. */
const firstPage = 100;
/** A guess inside a range that ends may show what lies behind it: not much of that. */
const guessPage = 250;
/** Guesses of such a reach have hit twice. */
const sure = 0.85;
/** Smaller pages cost as much as this. */
const leastPage = 50;
/** A range with less in it than this part of a page is not cut. */
const leastOfPage = 0.9;

/** A page to be asked for. Ends with `stored`, `givenBack` or `steppedTo`. */
export interface Task {
  readonly bucket: number;
  readonly ask: Pick<PageRequest, 'after' | 'versionAfter' | 'token'> & { maxKeys: number };
  readonly live: Live;
}

export interface RangesOptions {
  prefix: string;
  versions: boolean;
  expected?: readonly (number | undefined)[];
  /** Pages of this many keys take about as long as they should; changes while a run works. */
  pageSize?: () => number;
}

/**
 * The unfinished key ranges of all buckets. A worker takes a waiting range, else the part after a cut of the largest one
 * that is under way. The first page from a cut is the probe: when it has keys nothing was wasted, and when it has none, the
 * old range has a nearer end. Pure: it knows no time and no server.
 */
export class Ranges {
  readonly #all = new Set<Live>();
  readonly #waiting: Live[] = [];
  readonly #buckets = new Map<number, Bucket>();
  readonly #changed = new Set<Live>();
  readonly #options: RangesOptions;
  #lastId: number;

  constructor(given: readonly KeyRange[], options: RangesOptions) {
    this.#options = options;
    // Ids of ranges that are done are not told, and must not be given again.
    this.#lastId = Math.max(Date.now() * 1000, ...given.map(({ id }) => id));
    for (const { id, bucket, to, done, ...position } of given) {
      if (done) continue;
      const live = this.#add(id, this.#bucketOf(bucket), position, to);
      this.#waiting.push(live);
    }
  }

  /** All keys of all ranges are stored. */
  get done(): boolean {
    return this.#all.size === 0;
  }

  /** The next page to ask for; undefined: nothing, until one that is under way has landed. */
  next(): Task | undefined {
    const live = this.#waiting.shift() ?? this.#cut();
    if (!live) return undefined;
    live.busy = true;
    live.asked = this.#sizeFor(live);
    const place = live.detour === undefined ? live.landed : { ...live.landed, versionAfter: live.detour };
    const { walk } = live.bucket;
    const token = live.token && walk ? inWalk(live.token, walk) : live.token;
    live.shares = token !== live.token;
    const from = token ? { token } : askFrom(place, this.#options.prefix);
    return { bucket: live.bucket.number, live, ask: { ...from, maxKeys: live.asked } };
  }

  /**
   * What of a page belongs to its range and is new, in order. Call `stored` when it goes to the store. Throws
   * `answerNotUnderstood` when the server does not advance.
   */
  land({ live, ask }: Task, page: Page, host = ''): Listed[] {
    if (live.done) return [];
    const { bucket } = live;
    const landing = land(page, live.landed, live.to, this.#options.versions, live.again);
    this.#turn(live, ask, page, landing, host);
    const { entries } = landing;
    bucket.pages++;
    bucket.keys += entries.length;
    for (let index = 0; index < entries.length; index += 37) bucket.alphabets.learn(entries[index]?.key ?? '');
    if (page.entries.length > 0) bucket.alphabets.learn(page.entries.at(-1)?.key ?? '');
    if (live.guess && (entries.length > 0 || landing.done)) weighGuess(live, live.guess, entries[0]?.key);
    live.landed = landing.position;
    live.ended = landing.done;
    const [first, last] = [entries[0], entries.at(-1)];
    if (first && last && first.key !== last.key) live.ruler = createRuler(first.key, last.key, entries.length, bucket.alphabets);
    return entries;
  }

  /** What `land` told is in a commit now. */
  stored({ live }: Task): void {
    if (live.done) return;
    live.position = live.landed;
    this.#changed.add(live);
    if (live.ended) this.#end(live);
    else this.#release(live);
  }

  /** The page did not come, or could not be used: it is asked for again. `smaller`: it took too long. */
  givenBack({ live }: Task, smaller = false): void {
    if (live.done) return;
    if (smaller) live.pageLimit = Math.max(2, Math.floor(live.asked / 4));
    restart(live, live.position);
    this.#release(live);
  }

  /** Whether it was asked for by a walk that it shares, and now goes on without: the server may not like that. */
  withoutWalk({ live }: Task): boolean {
    if (live.shares) live.bucket.walk = '';
    return live.shares;
  }

  /** What stands up to a position was read in another way, and is in a commit now. */
  steppedTo({ live }: Task, position: Position, done: boolean): void {
    if (live.done) return;
    live.position = position;
    restart(live, position);
    this.#changed.add(live);
    if (done) this.#end(live);
    else this.#release(live);
  }

  /** Its bucket was given up meanwhile. */
  isOver({ live }: Task): boolean {
    return live.done;
  }

  placeOf({ live }: Task): Position & { to?: string } {
    return { ...live.position, ...(live.to === undefined ? {} : { to: live.to }) };
  }

  /** Gives up a range, or all of its bucket: they count as done, and what comes of them is not wanted any more. */
  giveUp({ live }: Task, whole: boolean): void {
    for (const other of whole ? [...this.#all].filter(({ bucket }) => bucket === live.bucket) : [live]) this.#end(other);
  }

  /** What changed since the last call, for a commit. Positions are of entries that were told as stored. */
  takeChanges(): KeyRange[] {
    const changes = [...this.#changed].map(({ id, bucket, position, to, done }) => {
      return { id, bucket: bucket.number, ...position, ...(to === undefined ? {} : { to }), done };
    });
    this.#changed.clear();
    return changes;
  }

  #add(id: number, bucket: Bucket, position: Position, to: string | undefined): Live {
    const live: Live = {
      id,
      bucket,
      ...(to === undefined ? {} : { to }),
      position,
      landed: position,
      again: false,
      stuck: 0,
      ended: false,
      shrunk: false,
      shares: false,
      busy: false,
      asked: 0,
      cuttable: true,
      estimate: 0,
      lookedBeyond: false,
      pageLimit: fullPage,
      done: false,
    };
    this.#all.add(live);
    return live;
  }

  #bucketOf(number: number): Bucket {
    const known = this.#buckets.get(number);
    if (known) return known;
    const alphabets = createAlphabets(this.#options.prefix);
    const expected = this.#options.expected?.[number];
    const made: Bucket = {
      number,
      alphabets,
      expected,
      keys: 0,
      pages: 0,
      reach: 0.5,
      misses: 0,
      hits: 0,
      guessFrom: 0,
      guesses: 0,
      open: 0,
    };
    this.#buckets.set(number, made);
    return made;
  }

  #release(live: Live): void {
    live.busy = false;
    this.#waiting.unshift(live);
  }

  #end(live: Live): void {
    if (live.guess) live.bucket.open--;
    delete live.guess;
    live.done = true;
    live.busy = false;
    this.#changed.add(live);
    this.#all.delete(live);
    const at = this.#waiting.indexOf(live);
    if (at !== -1) this.#waiting.splice(at, 1);
  }

  #sizeFor(live: Live): number {
    const { bucket, ruler, to } = live;
    const isBegin = this.#buckets.keys().next().value === bucket.number && live.landed.after === '';
    const usual = this.#options.pageSize?.() ?? fullPage;
    let size = Math.min(live.pageLimit, isBegin ? firstPage : usual);
    if (to === undefined) return size;
    if ((live.guess && bucket.reach < sure) || isAtVoid(live, to)) {
      size = Math.min(size, guessPage);
      live.voidFrom = undefined;
    }
    if (!ruler) return size;
    // What runs over the end of its range is read twice. After a page that was too small the next is not.
    const left = Math.ceil(ruler.keysUpTo(to) * 1.03) + 8;
    const least = live.shrunk ? live.asked * 4 : leastPage;
    live.shrunk = left < size;
    return Math.min(size, Math.max(left, least));
  }

  /** Takes off a part of the range with most left. */
  #cut(): Live | undefined {
    const size = this.#options.pageSize?.() ?? fullPage;
    let best: { live: Live; left: number } | undefined;
    for (const live of this.#all) {
      const { bucket, ruler, busy, asked } = live;
      if (!ruler || !live.cuttable || !mayGuess(bucket, size)) continue;
      if (live.to === undefined && !live.lookedBeyond && bucket.guesses > 0) {
        live.lookedBeyond = true;
        const cut = keyAfterAllAlike(live.landed.after, this.#options.prefix, bucket.alphabets);
        if (cut !== undefined) return this.#split(live, cut);
      }
      const left = Math.min(ruler.keysUpTo(live.to), this.#hinted(live)) - (busy ? asked : 0);
      if (left >= size * leastOfPage && left > (best?.left ?? 0)) best = { live, left };
    }
    if (!best) return undefined;
    const { live, left } = best;
    const { bucket, ruler, busy, asked, to } = live;
    const isKnown = bucket.expected !== undefined && bucket.misses === 0;
    const reached = isKnown ? left / 2 : Math.min(left / 2, Math.max(size / 2, size * (left / size) ** bucket.reach));
    const cut = ruler?.keyAfter((busy ? asked : 0) + reached, to);
    if (cut !== undefined) return this.#split(live, cut, left - reached);
    live.cuttable = false;
    return this.#cut();
  }

  /** What an open range has left, if the bucket holds what is expected and the other ranges what it seems. */
  #hinted(live: Live): number {
    const { bucket } = live;
    if (live.to !== undefined || bucket.expected === undefined) return Infinity;
    let elsewhere = 0;
    for (const other of this.#all)
      if (other !== live && other.bucket === bucket) elsewhere += other.ruler ? other.ruler.keysUpTo(other.to) : other.estimate;
    return Math.max(0, bucket.expected - bucket.keys - elsewhere);
  }

  #split(live: Live, cut: string, estimate = 0): Live {
    const { bucket } = live;
    const made = this.#add(++this.#lastId, bucket, { after: cut }, live.to);
    made.guess = { old: live, from: live.landed.after, cut };
    made.pageLimit = live.pageLimit;
    made.estimate = estimate;
    made.voidFrom = live.voidFrom;
    live.voidFrom = undefined;
    live.to = cut;
    bucket.guesses++;
    bucket.open++;
    // Both are told together: a store that knows the one knows the other.
    this.#changed.add(live);
    this.#changed.add(made);
    return made;
  }

  #turn(live: Live, ask: Task['ask'], page: Page, landing: Landing, host: string): void {
    const { landed } = live;
    const last = page.entries.at(-1);
    live.again = landing.again;
    live.cuttable = true;
    delete live.detour;
    delete live.token;
    if (landing.token) {
      live.token = landing.token;
      if (live.bucket.walk === undefined) live.bucket.walk = walkOf(landing.token);
    }
    if (!landing.stuck) {
      live.stuck = 0;
      return;
    }
    live.stuck++;
    if (this.#options.versions && last && last.key === landed.after && (last.versionId ?? 'null') === landed.versionAfter) {
      // A `null` version at the end of a page begins its key again, for ever: go round it, from the version before.
      const before = page.entries.at(-2);
      if (live.stuck > 20 || before?.key !== last.key || before.versionId === undefined) throw notAdvancing(host);
      live.detour = before.versionId;
      live.again = true;
      delete live.token;
    } else if (page.entries.length === 0 ? live.stuck > 20 : sameToken(ask.token, page.next)) throw notAdvancing(host);
  }
}

function sameToken(a: PageToken | undefined, b: PageToken | undefined): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function notAdvancing(host: string): AppError {
  return new AppError('answerNotUnderstood', { host, reason: 'the listing does not advance' });
}
