import type { AuditGap } from '../../../../shared/audit.ts';
import type { ListingClient, Page, PageToken } from '../../../clients/s3/listing.ts';
import type { Commit, KeyRange, ReadOrder, StoreCalls } from '../work.ts';
import { columnsOf } from './entries.ts';
import type { Known } from './known.ts';
import { endsRun, frameOf } from './refusals.ts';
import type { Trouble } from './trouble.ts';

interface Deps {
  client: ListingClient;
  store: Pick<StoreCalls, 'commit'>;
  trouble: Pick<Trouble, 'judge'>;
  signal: AbortSignal;
}

/** Pages whose objects are asked for at once, so that the end of one never leaves the pool of HEADs empty. */
const pagesAtOnce = 3;

/**
 * Reads a server whose listing says nothing of encryption: keys from plain pages, one after another by the server's own
 * token, and a HEAD for each object. No bucket is cut into ranges: other servers list folder by folder, and asked for what
 * follows a bare folder's name SeaweedFS leaves out the whole folder. The HEADs take the time anyway.
 */
export async function readByHead(order: ReadOrder, deps: Deps): Promise<{ finished: boolean }> {
  for (const range of order.ranges) {
    if (range.done) continue;
    const bucket = order.buckets[range.bucket] ?? '';
    try {
      await readRange(order, deps, range, bucket);
    } catch (error) {
      if (deps.signal.aborted) return { finished: false };
      if (endsRun(error)) throw error;
      await giveUp(deps, range, bucket, error);
    }
  }
  return { finished: !deps.signal.aborted };
}

async function readRange(order: ReadOrder, { client, store, trouble, signal }: Deps, range: KeyRange, bucket: string): Promise<void> {
  const { versions, prefix } = order;
  const ask = (token?: PageToken): Promise<Page> => {
    const from = token
      ? { token }
      : range.after === ''
        ? {}
        : { after: range.after, ...(range.versionAfter === undefined ? {} : { versionAfter: range.versionAfter }) };
    return client.page({ bucket, versions, prefix, metadata: false, unordered: true, ...from, signal });
  };
  const judging: { page: Page; known: Promise<Known[]> }[] = [];
  let page: Page | undefined = await ask();
  while (page || judging.length > 0) {
    if (page) {
      const known = trouble.judge(bucket, page.entries);
      // Its failure is heard when its turn comes.
      known.catch(() => undefined);
      judging.push({ page, known });
      page = page.next ? await ask(page.next) : undefined;
      if (page && judging.length < pagesAtOnce) continue;
    }
    const first = judging.shift();
    if (!first) break;
    const known = await first.known;
    const last = first.page.entries.at(-1);
    if (last) Object.assign(range, { after: last.key, ...(versions ? { versionAfter: last.versionId ?? 'null' } : {}) });
    range.done = first.page.next === undefined;
    const commit: Commit = { ranges: [{ ...range }], ...(known.length > 0 ? { entries: columnsOf(range.bucket, known, versions) } : {}) };
    await store.commit(commit);
  }
}

async function giveUp({ store }: Deps, range: KeyRange, bucket: string, error: unknown): Promise<void> {
  const gap: AuditGap = { bucket, after: range.after, error: frameOf(error) };
  range.done = true;
  await store.commit({ ranges: [{ ...range }], gaps: [gap] });
}
