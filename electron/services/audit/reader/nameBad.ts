import { compareKeys } from '../../../clients/s3/keyOrder.ts';
import { type BucketMemory, candidates, learn, mayAsk, spend } from './bucketMemory.ts';
import { between, codePoints, lastCharacter } from './codePoints.ts';
import { guessNext } from './guess.ts';
import type { Ask, Tried } from './tolerant.ts';

/** Right behind `after` lies an object that makes every page fail, below `prefix`. */
export interface Lead {
  bucket: string;
  versions: boolean;
  prefix: string;
  after: string;
}

/** `within`: all that could be learnt is how it begins. `changed`: it does not fail any more. */
export type Named = { key: string } | { within: string } | { changed: true };

interface Tools {
  ask: Ask;
  /** By HEAD; `undefined` where that may not be asked. */
  exists(key: string): Promise<boolean | undefined>;
  memory: BucketMemory;
}

/**
 * The name of the bad object by rolling it up, because a key inside `CommonPrefixes` is not decrypted (minio.md 4.6): with
 * the delimiter `c` the page answers how the key begins up to its first `c`, or fails as before when it has none.
 */
export async function nameBad(lead: Lead, { ask, exists, memory }: Tools): Promise<Named> {
  let left = mayAsk(memory);
  const first = (prefix: string, more: { delimiter?: string; after?: string } = {}): Promise<Tried> => {
    left--;
    spend(memory, 1);
    return ask(firstBelow(lead, prefix, more));
  };
  /** Whether the text is the key itself: it lies behind `after`, and nothing lies between. */
  const isKey = async (text: string): Promise<boolean> => {
    if (compareKeys(text, lead.after) <= 0) return false;
    left--;
    spend(memory, 1);
    const found = await exists(text);
    if (found !== undefined) return found;
    const tail = await first(text, { after: text });
    return tail.failed === undefined;
  };

  const mayGoOn = (): boolean => left > 0;
  // Nothing left for names: coarser steps, the more of them there were.
  if (!mayGoOn()) return { within: memory.steppedOver++ < 10 ? await commonPart(lead, first, () => true) : lead.prefix };

  const guess = guessNext(lead.after);
  if (guess?.startsWith(lead.prefix) && left > 0) {
    const { page } = await first(lead.prefix, { delimiter: guess.slice(lead.prefix.length) });
    if (page?.prefixes[0] === guess && (await isKey(guess))) return { key: guess };
  }

  let known = await commonPart(lead, first, mayGoOn);
  const absent = new Set<string>();
  while (left > 0) {
    if (await isKey(known)) return { key: known };
    let found: string | undefined;
    for (const character of candidates(memory)) {
      if (absent.has(character) || left <= 0) continue;
      const { page } = await first(known, { delimiter: character });
      if (!page) {
        absent.add(character);
        continue;
      }
      found = page.prefixes[0];
      if (found === undefined || !found.startsWith(known) || found.length === known.length) return { changed: true };
      break;
    }
    if (found === undefined && left > 0) {
      const character = await edge(lead, known, first);
      const { page } = await first(known, { delimiter: character });
      if (page?.prefixes[0] === known + character) found = known + character;
    }
    if (found === undefined) return { within: known };
    learn(memory, [found.slice(known.length)]);
    known = found;
  }
  return { within: known };
}

/** Where to go on behind a bad key without a name: at least behind all that begins like it. */
export async function stepOver(lead: Lead, within: string, { ask, memory }: Pick<Tools, 'ask' | 'memory'>): Promise<string> {
  if (within !== '' && !lead.after.startsWith(within) && compareKeys(within, lead.after) > 0) return within + lastCharacter;
  const first: First = (prefix, more) => {
    spend(memory, 1);
    return ask(firstBelow(lead, prefix, more));
  };
  return within + (await edge(lead, within, first)) + lastCharacter;
}

/** The request whose answer is about the first object behind the lead, below a prefix. */
export function firstBelow(lead: Lead, prefix: string, more: { delimiter?: string; after?: string } = {}): Parameters<Ask>[0] {
  const { bucket, versions } = lead;
  const after = more.after ?? lead.after;
  // The listing of versions refuses a marker outside its prefix; there all keys of the prefix lie behind it anyway.
  const marker = versions && !after.startsWith(prefix) ? {} : { after };
  return {
    bucket,
    versions,
    prefix,
    ...marker,
    maxKeys: 1,
    metadata: false,
    ...(more.delimiter === undefined ? {} : { delimiter: more.delimiter }),
  };
}

type First = (prefix: string, more?: { delimiter?: string; after?: string }) => Promise<Tried>;

/** How far the bad key begins like the one before it: below a longer part the listing is empty. */
async function commonPart(lead: Lead, first: First, mayGoOn: () => boolean): Promise<string> {
  if (!lead.after.startsWith(lead.prefix)) return lead.prefix;
  const points = codePoints(lead.after);
  let low = codePoints(lead.prefix).length;
  let high = points.length;
  while (low < high && mayGoOn()) {
    const middle = Math.ceil((low + high) / 2);
    if ((await first(points.slice(0, middle).join(''))).failed) low = middle;
    else high = middle - 1;
  }
  return points.slice(0, low).join('');
}

/**
 * A character after which, below `known`, pages answer again though they fail before it: the next one of the bad key, or
 * of a later bad one. About 20 requests.
 */
async function edge(lead: Lead, known: string, first: First): Promise<string> {
  let low = lead.after.startsWith(known) ? (codePoints(lead.after.slice(known.length))[0]?.codePointAt(0) ?? 1) - 1 : 0;
  let high = 0x10ffff;
  while (high - low > 1) {
    const middle = between(low, high);
    if (middle <= low) break;
    const after = known + String.fromCodePoint(middle) + lastCharacter;
    const past = compareKeys(after, lead.after) > 0;
    if (!past || (await first(known, { after })).failed) low = middle;
    else high = middle;
  }
  return String.fromCodePoint(high);
}
