import { compareKeys } from '../../../clients/s3/keyOrder.ts';
import type { Listed } from '../../../clients/s3/listing.ts';
import type { BucketMemory } from './bucketMemory.ts';
import { endingOf, guessNext } from './guess.ts';
import { firstBelow, type Lead } from './nameBad.ts';
import type { Ask } from './tolerant.ts';

/** The next key: as the listing told it, or only its name. */
export type Link = { key: string; listed?: Listed };

const slice = 64;
const rolled = 256;

/**
 * Names of many bad keys in a row, which one by one would cost a dozen requests each. Keys with one ending come 256 a
 * request when that ending is the delimiter; numbered ones are guessed. Every link is then proven to be the next key of
 * the one before: the listing, asked for what follows it, rolls up to exactly that name. Ends at the first that is not.
 */
export async function findChain(lead: Lead, ask: Ask, memory: BucketMemory): Promise<Link[]> {
  if (memory.misses > 3) return [];
  const links = (await byEnding(lead, ask)) ?? byNumber(lead);
  const proven: Link[] = [];
  for (let at = 0; at < links.length; at += slice) {
    const part = links.slice(at, at + slice);
    const good = await Promise.all(part.map((link, index) => isNext(lead, links[at + index - 1]?.key ?? lead.after, link, ask)));
    const end = good.indexOf(false);
    proven.push(...part.slice(0, end === -1 ? part.length : end));
    if (end !== -1) break;
  }
  memory.misses = proven.length === 0 ? memory.misses + 1 : 0;
  return proven;
}

/** One request. A name may still be only how the next key begins: HEAD tells. */
async function isNext(lead: Lead, after: string, link: Link, ask: Ask): Promise<boolean> {
  const delimiter = link.key.slice(lead.prefix.length);
  if (delimiter === '' || delimiter === '/') return false;
  const from = { ...lead, after };
  if (link.listed) {
    const { page } = await ask(firstBelow(from, lead.prefix));
    return page?.entries[0]?.key === link.key;
  }
  const { page } = await ask(firstBelow(from, lead.prefix, { delimiter }));
  return page?.prefixes[0] === link.key;
}

async function byEnding(lead: Lead, ask: Ask): Promise<Link[] | undefined> {
  const delimiter = endingOf(lead.after);
  if (delimiter === undefined) return undefined;
  const { metadata: _, ...request } = firstBelow(lead, lead.prefix, { delimiter });
  const { page } = await ask({ ...request, maxKeys: rolled });
  if (!page || page.prefixes.length === 0) return undefined;
  const names = page.prefixes.filter((key) => compareKeys(key, lead.after) > 0).map((key): Link => ({ key }));
  // Of versions there may be several entries of one key: those are read as pages again.
  const listed = lead.versions ? [] : page.entries.map((entry): Link => ({ key: entry.key, listed: entry }));
  return [...names, ...listed].sort((a, b) => compareKeys(a.key, b.key));
}

function byNumber(lead: Lead): Link[] {
  const links: Link[] = [];
  let key: string | undefined = lead.after;
  for (let n = 0; n < slice; n++) {
    key = guessNext(key);
    const before: string = links.at(-1)?.key ?? lead.after;
    if (key === undefined || !key.startsWith(lead.prefix) || compareKeys(key, before) <= 0) break;
    links.push({ key });
  }
  return links;
}
