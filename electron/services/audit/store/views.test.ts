import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuditFilter, auditStates } from '../../../../shared/audit.ts';
import { deleteMarkerState } from '../work.ts';
import { commitsOf, factsOf, type Made, madeObjects, randomOf, runningAudit, testFolder } from './generated.testSupport.ts';
import { RunStore } from './store.ts';

const folder = testFolder();
const made = madeObjects(1500, { seed: 11, versions: true });
let store: RunStore;
beforeAll(async () => {
  store = RunStore.create(folder.file('views.db'), runningAudit(), factsOf(2));
  await Promise.all(commitsOf(made, 90).map((commit) => store.commit(commit)));
});
afterAll(() => {
  store.close();
  folder.remove();
});

const sorts = ['key', 'size', 'modifiedAt', 'state', 'read'] as const;
type Sort = (typeof sorts)[number];

function passes(one: Made, filter: AuditFilter): boolean {
  const { states, bucket, prefix, contains, kmsKey, minSize, maxSize, from, before, versions = 'current' } = filter;
  const marker = one.state === deleteMarkerState;
  if (versions === 'current' && (!one.latest || marker)) return false;
  if (versions === 'noncurrent' && (one.latest || marker)) return false;
  if (versions === 'deleteMarkers' && !marker) return false;
  if (states && (marker || !states.includes(auditStates[one.state] ?? 'unknown'))) return false;
  if (bucket !== undefined && bucket !== `bucket-${one.bucket}`) return false;
  if (prefix !== undefined && !one.key.startsWith(prefix)) return false;
  if (contains !== undefined && !one.key.includes(contains)) return false;
  if (kmsKey !== undefined && (one.kmsKey !== kmsKey || one.state < 3 || marker)) return false;
  if (minSize !== undefined && one.size < minSize) return false;
  if (maxSize !== undefined && one.size > maxSize) return false;
  if (from !== undefined && one.modified < Date.parse(from)) return false;
  return before === undefined || one.modified < Date.parse(before);
}

function ordered(filter: AuditFilter, sort: Sort, descending: boolean): number[] {
  const value = {
    key: () => 0,
    read: () => 0,
    size: (one: Made) => one.size,
    modifiedAt: (one: Made) => one.modified,
    state: (one: Made) => one.state,
  };
  const found = made.flatMap((one, at) => (passes(one, filter) ? [{ at: at + 1, by: value[sort](one) }] : []));
  found.sort((a, b) => a.by - b.by || a.at - b.at);
  if (descending) found.reverse();
  return found.map(({ at }) => at);
}

const iso = (at: number) => new Date(made[at]?.modified ?? 0).toISOString();
const filters: AuditFilter[] = [
  {},
  { versions: 'all' },
  { versions: 'noncurrent' },
  { versions: 'deleteMarkers' },
  { states: ['plaintext'] },
  { states: ['unreadable', 'sse-kms'], bucket: 'bucket-1' },
  { bucket: 'bucket-0', prefix: 'folder-1/' },
  { prefix: '100%_done/' },
  { prefix: '\u{10ffff}' },
  { prefix: '😀' },
  { contains: '%_' },
  { contains: 'Object' },
  { contains: "'; DROP TABLE" },
  { contains: 'line\nbreak', versions: 'all' },
  { kmsKey: 'key-1' },
  { kmsKey: '' },
  { kmsKey: 'no such key' },
  { bucket: 'no-such-bucket' },
  { minSize: 100, maxSize: 400 },
  { from: iso(3), before: iso(700) },
  { from: iso(3), states: ['sse-s3'], maxSize: 3000, contains: 'folder-2', versions: 'all' },
];

const read = (row: { row: number }) => row.row;

test('before it is arranged, a view has what passes its filter, in the order of reading', async () => {
  for (const filter of filters) {
    const { rows } = await store.rows({ filter, sort: 'size', descending: true, offset: 0, limit: 500 });
    expect(rows.map(read), JSON.stringify(filter)).toEqual(ordered(filter, 'read', false).slice(0, 500));
  }
});

test('every filter in every sort shows the right rows on the first page, further on, and at the end', async () => {
  await store.arrange(() => undefined);
  const random = randomOf(3);
  for (const filter of filters) {
    for (const sort of sorts) {
      for (const descending of [false, true]) {
        const all = ordered(filter, sort, descending);
        const name = JSON.stringify({ filter, sort, descending });
        const page = async (offset: number, limit: number) => {
          const { rows, total } = await store.rows({ filter, sort, descending, offset, limit });
          expect(rows.map(read), name).toEqual(all.slice(offset, offset + limit));
          if (total !== undefined) expect(total, name).toBe(all.length);
          return total;
        };
        await page(0, 20);
        await page(random(all.length + 1), 20);
        await page(Math.max(0, all.length - 5), 20);
        expect(await page(all.length + 2000, 20), name).toBe(all.length);
      }
    }
  }
});

test('an export goes through every row of a filter once, in the order of keys', async () => {
  for (const filter of filters) {
    const rows: number[] = [];
    let cursor: string | undefined;
    do {
      const page = store.after(cursor, filter, 70);
      rows.push(...page.rows.map(read));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(rows).toEqual(ordered(filter, 'key', false));
  }
});

test('lists that are dropped in the middle fail with a clear error, and the view is made again', async () => {
  const view = { filter: {}, sort: 'size', descending: false, offset: 1200, limit: 10 } as const;
  const refused = expect(store.rows(view)).rejects.toMatchObject({ code: 'auditViewEnded' });
  await store.judge([], []);
  await refused;
  await store.arrange(() => undefined);
  expect((await store.rows({ ...view, offset: 5 })).rows.map(read)).toEqual(ordered({}, 'size', false).slice(5, 15));
});
