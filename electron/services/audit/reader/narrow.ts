import type { AuditGap } from '../../../../shared/audit.ts';
import type { AppError } from '../../../../shared/rpc/errors.ts';
import { compareKeys } from '../../../clients/s3/keyOrder.ts';
import type { Listed, Page } from '../../../clients/s3/listing.ts';
import { type BucketMemory, earn, learn, perKey } from './bucketMemory.ts';
import type { Asker } from './byHead.ts';
import { findChain, type Link } from './chain.ts';
import { type Found, judgeBad } from './judgeBad.ts';
import type { KmsWatch } from './kmsWatch.ts';
import type { Around, Known, Place } from './known.ts';
import { type Lead, nameBad, stepOver } from './nameBad.ts';
import { frameOf } from './refusals.ts';
import type { Ask } from './tolerant.ts';

interface Tools {
  asker: Asker;
  watch: KmsWatch;
  ask: Ask;
  memory: BucketMemory;
  /** Fills in what a page does not say. */
  judge(bucket: string, entries: readonly Listed[]): Promise<Known[]>;
}

/** As much as a page holds. */
const wanted = 1000;

/**
 * Reads on where a page failed because of objects on it: halves the page until the bad object is the very next one, finds
 * its name, and steps over it (minio.md 4.6). What cannot be named becomes a gap. Good objects are told as ever.
 */
export async function readAround(place: Place, tools: Tools): Promise<Around> {
  const { bucket, prefix, versions, to } = place;
  const { ask, memory, asker } = tools;
  const result: Around = { ...at(place), entries: [], gaps: [], done: false };
  /** Among so many next entries there is a bad one; 0: nothing known. */
  let bound = wanted;
  let size = wanted / 2;
  let stuck = 0;

  while (!result.done && result.entries.length < wanted) {
    const tried = await ask({ bucket, prefix, versions, ...at(result), maxKeys: size });
    if (tried.page) {
      await take(tried.page);
      if (bound === 0) size = Math.min(wanted, size * 2);
      else bound = Math.max(0, bound - size);
    } else if (size > 1) bound = size;
    else {
      const before = result.after + (result.versionAfter ?? '');
      await passBad(tried.failed);
      stuck = before === result.after + (result.versionAfter ?? '') ? stuck + 1 : 0;
      // A listing that answers otherwise each time is none.
      if (stuck > 20) throw tried.failed;
      bound = 0;
      size = 16;
      continue;
    }
    if (bound > 0) size = Math.max(1, Math.floor(bound / 2));
  }
  return result;

  async function take(page: Page): Promise<void> {
    const inside = to === undefined ? page.entries : page.entries.filter(({ key }) => compareKeys(key, to) <= 0);
    const last = inside.at(-1);
    if (last) {
      memory.stretch = perKey;
      delete memory.lastBad;
      learn(
        memory,
        inside.map(({ key }) => key),
      );
      memory.hasVersions ||= inside.some(({ versionId }) => versionId !== undefined && versionId !== 'null');
      goTo(last.key, versions ? last.versionId : undefined);
    }
    result.entries.push(...(await tools.judge(bucket, inside)));
    result.done = page.next === undefined || inside.length < page.entries.length;
    if (last?.versionId === 'null' && memory.hasVersions && !result.done) await behindNull(last.key);
  }

  function goTo(key: string, version?: string): void {
    result.after = key;
    if (version === undefined || version === 'null') delete result.versionAfter;
    else result.versionAfter = version;
  }

  async function passBad(failed: AppError): Promise<void> {
    const { versionAfter } = result;
    if (versionAfter !== undefined) {
      // The bad one may be an older version of this key: versions have no name that rolls up.
      const inside = await ask({ bucket, prefix: result.after, versions, after: result.after, versionAfter, maxKeys: 1, metadata: false });
      if (inside.failed) result.gaps.push(gap(result.after, result.after, failed));
      return goTo(result.after);
    }
    const lead: Lead = { bucket, versions, prefix, after: result.after };
    const named = await nameBad(lead, { ask, exists, memory });
    if ('changed' in named) return;
    if ('within' in named) {
      const until = await stepOver(lead, named.within, { ask, memory });
      if (isPast(until)) result.done = true;
      result.gaps.push(gap(lead.after, isPast(until) ? to : until, failed));
      return goTo(until);
    }
    if (isPast(named.key)) {
      result.done = true;
      return;
    }
    const follows = memory.lastBad === lead.after && lead.after !== '';
    const found = await judgeBad(asker, tools.watch, bucket, named.key, failed);
    goTo(named.key);
    if (found) await keepNamed(named.key, found, failed);
    earn(memory, 1);
    memory.lastBad = named.key;
    if (follows) await passMany(named.key, failed);
  }

  /** While bad ones follow each other. */
  async function passMany(from: string, failed: AppError): Promise<void> {
    let after = from;
    while (result.entries.length < wanted && !result.done) {
      const links = await findChain({ bucket, versions, prefix, after }, ask, memory);
      const inside = to === undefined ? links : links.filter(({ key }) => !isPast(key));
      if (inside.length === 0) return;
      const { taken, bad } = await takeAll(inside, failed);
      earn(memory, taken);
      after = inside[taken - 1]?.key ?? after;
      memory.lastBad = after;
      // Back to pages as soon as those would answer again, and where a name was no whole key.
      if (bad === 0 || taken < inside.length) return;
    }
  }

  /** Takes links up to the first that HEAD does not know. */
  async function takeAll(links: readonly Link[], failed: AppError): Promise<{ taken: number; bad: number }> {
    const found = await asker.pool.all(links, async ({ key, listed }) =>
      listed ? undefined : await judgeBad(asker, tools.watch, bucket, key, failed),
    );
    const listed = await tools.judge(
      bucket,
      links.flatMap((link) => link.listed ?? []),
    );
    const ofKey = new Map(listed.map((entry) => [entry.key, entry]));
    let bad = 0;
    for (const [index, link] of links.entries()) {
      const one = found[index];
      if (!link.listed && !one?.certain) return { taken: index, bad };
      if (one) await keepNamed(link.key, one, failed);
      else result.entries.push(...[ofKey.get(link.key)].filter((entry) => entry !== undefined));
      goTo(link.key);
      if (one?.entry.state === 'unreadable') bad++;
    }
    return { taken: links.length, bad };
  }

  /** One object by its name, and with versions those behind its newest. */
  async function keepNamed(key: string, { entry, versionId }: Found, failed: AppError): Promise<void> {
    memory.hasVersions ||= versionId !== undefined;
    result.entries.push(versions ? { ...entry, versionId: versionId ?? 'null' } : entry);
    if (!versions || !memory.hasVersions) return;
    if (versionId === undefined) result.gaps.push(gap(key, key, failed));
    else await olderVersions(key, versionId, failed);
  }

  async function olderVersions(key: string, newest: string, failed: AppError): Promise<void> {
    for (let versionAfter = newest; ; ) {
      const older = await ask({ bucket, prefix: key, versions: true, after: key, versionAfter, maxKeys: 100 });
      if (older.failed) {
        const one = await ask({ bucket, prefix: key, versions: true, after: key, versionAfter, maxKeys: 1 });
        if (one.failed) return void result.gaps.push(gap(key, key, failed));
        if (!more(one.page)) return;
        await keep(one.page);
      } else {
        await keep(older.page);
        if (!more(older.page)) return;
      }
      versionAfter = result.entries.at(-1)?.versionId ?? versionAfter;
    }

    async function keep(page: Page): Promise<void> {
      result.entries.push(
        ...(await tools.judge(
          bucket,
          page.entries.filter((entry) => entry.key === key),
        )),
      );
    }
    function more(page: Page): boolean {
      return page.next !== undefined && page.entries.length > 0 && page.entries.every((entry) => entry.key === key);
    }
  }

  /** From the version `null` no marker leads on: asked so, the listing begins the key again (minio.md 4.1). */
  async function behindNull(key: string): Promise<void> {
    const all = await ask({ bucket, prefix: key, versions: true, after: key, versionAfter: 'null', maxKeys: wanted });
    if (all.failed) return void result.gaps.push(gap(key, key, all.failed));
    const own = all.page.entries.filter((entry) => entry.key === key);
    result.entries.push(...(await tools.judge(bucket, own.slice(own.findIndex(({ versionId }) => versionId === 'null') + 1))));
  }

  async function exists(key: string): Promise<boolean | undefined> {
    const { status, deleteMarker } = await asker.pool.run(() => asker.client.head(bucket, key, undefined, asker.signal));
    if (status === 403) return undefined;
    return status !== 404 || (versions && deleteMarker === true);
  }

  function isPast(key: string): boolean {
    return to !== undefined && compareKeys(key, to) > 0;
  }

  function gap(after: string, until: string | undefined, error: AppError): AuditGap {
    return { bucket, after, ...(until === undefined ? {} : { to: until }), error: frameOf(error) };
  }
}

function at({ after, versionAfter }: { after: string; versionAfter?: string }): { after: string; versionAfter?: string } {
  return versionAfter === undefined ? { after } : { after, versionAfter };
}
