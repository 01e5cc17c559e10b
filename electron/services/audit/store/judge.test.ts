import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { auditStates } from '../../../../shared/audit.ts';
import { deleteMarkerState, type RowVerdict, type Verdict } from '../work.ts';
import { commitsOf, factsOf, type Made, madeObjects, runningAudit, testFolder } from './generated.testSupport.ts';
import { RunStore } from './store.ts';

const folder = testFolder();
afterAll(folder.remove);

const made = madeObjects(500, { seed: 21, versions: true });
const gone = { code: 'kmsKeyNotFound' };
const of = (state: number, kmsKey = '') => ({ bucket: 0, state, kmsKey });
const protects = (one: Made, verdict: { bucket: number; state: number; kmsKey: string }) =>
  one.bucket === verdict.bucket && one.state === verdict.state && one.kmsKey === verdict.kmsKey;

const verdicts: Verdict[] = [
  { ...of(5, 'key-0'), opens: { answer: 'no', how: 'sample', error: gone } },
  { ...of(5, 'key-1'), opens: { answer: 'differs', how: 'sample' } },
  { ...of(5, 'key-2'), opens: { answer: 'yes', how: 'sample' } },
  { ...of(4), opens: { answer: 'notTested' } },
];

async function filled(name: string): Promise<RunStore> {
  const store = RunStore.create(folder.file(name), runningAudit(), factsOf(2));
  await Promise.all(commitsOf(made, 90).map((commit) => store.commit(commit)));
  return store;
}

/** State and answer of a row when all verdicts were given and row 1 of the rows was read itself. */
function judged(one: Made, own?: RowVerdict): { state: number; answer: string } {
  if (own) return { state: own.state ?? one.state, answer: own.opens.answer };
  const verdict = verdicts.find((each) => protects(one, each));
  if (!verdict || one.size === 0)
    return { state: one.state, answer: one.size === 0 && one.state >= 3 && one.state <= 5 ? 'yes' : one.state === 1 ? 'no' : 'notTested' };
  const { answer } = verdict.opens;
  return { state: answer === 'no' ? 1 : answer === 'differs' ? 2 : one.state, answer };
}

async function check(store: RunStore, own: Map<number, RowVerdict>): Promise<void> {
  const objects = [0, 0, 0, 0, 0, 0];
  const opens = { yes: 0, no: 0, notTested: 0 };
  for (const [at, one] of made.entries()) {
    const row = store.row(at + 1);
    if (one.state === deleteMarkerState) continue;
    const expected = judged(one, own.get(at + 1));
    expect({ state: auditStates.indexOf(row.state ?? 'unknown'), answer: row.opens.answer }).toEqual(expected);
    expect(row.listed).toBe(expected.state === one.state ? undefined : auditStates[one.state]);
    if (one.latest) objects[expected.state] = (objects[expected.state] ?? 0) + 1;
    if (one.state !== 0 && one.state !== 2)
      opens[expected.answer === 'differs' ? 'notTested' : (expected.answer as keyof typeof opens)] += 1;
  }
  expect(store.totals().current.objects).toEqual(objects);
  expect(store.totals().opens).toEqual(opens);
  expect(store.map({ prefix: '', by: 'objects', depth: 1, cells: 10 }).objects).toEqual(objects);
}

test('what reading told of a key holds for all its objects with content, and for rows read themselves only what was read', async () => {
  const store = await filled('judge.db');
  const goneRow = made.findIndex((one) => protects(one, of(5, 'key-0')) && one.size > 0) + 1;
  const otherRow = made.findIndex((one) => protects(one, of(5, 'key-1')) && one.size > 0) + 1;
  const own = new Map<number, RowVerdict>([
    [goneRow, { row: goneRow, opens: { answer: 'yes', how: 'read' } }],
    [otherRow, { row: otherRow, state: 1, opens: { answer: 'no', how: 'read', error: gone } }],
  ]);
  await store.judge(verdicts, [...own.values()]);
  await check(store, own);
  await store.arrange(() => undefined);
  await check(store, own);
  for (const opens of ['yes', 'no', 'notTested'] as const) {
    const { total } = await store.rows({ filter: { opens, versions: 'all' }, sort: 'key', descending: false, offset: 0, limit: 500 });
    expect(total).toBe(store.totals().opens[opens]);
  }
  store.close();
  const again = RunStore.open(folder.file('judge.db'), true);
  await check(again, own);
  // The key came back: its objects are what the listing says.
  verdicts[0] = { ...of(5, 'key-0'), opens: { answer: 'yes', how: 'sample' } };
  await again.judge(verdicts.slice(0, 1), []);
  await check(again, own);
  again.close();
});

test('an object that only reading could tell is counted where it belongs, and its key with it', async () => {
  const store = await filled('told.db');
  const row = made.findIndex(({ state, size, latest }) => state === 2 && size > 0 && latest) + 1;
  const before = store.totals().current.objects;
  await store.judge([], [{ row, state: 5, kmsKey: 'new-key', opens: { answer: 'yes', how: 'read' } }]);
  expect(store.row(row)).toMatchObject({ state: 'sse-kms', listed: 'unknown', kmsKey: 'new-key' });
  expect(store.totals().current.objects).toEqual(before.map((objects, at) => objects + (at === 5 ? 1 : at === 2 ? -1 : 0)));
  expect(store.keys().find(({ kmsKey }) => kmsKey === 'new-key')).toMatchObject({ objects: 1, state: 'sse-kms' });
  store.close();
});

test('samples are the oldest and newest object with content, and any between is found by its place in time', async () => {
  const store = await filled('samples.db');
  const samples = store.samples();
  expect(samples.map(({ state }) => state)).not.toContain(3);
  for (const sample of samples) {
    const own = made.flatMap((one, at) => (protects(one, sample) && one.size > 0 ? [{ row: at + 1, modified: one.modified }] : []));
    own.sort((a, b) => a.modified - b.modified || a.row - b.row);
    expect(sample.objects).toBe(own.length);
    expect([sample.oldest.row, sample.newest.row]).toEqual([own[0]?.row, own.at(-1)?.row]);
    expect(store.byTime(sample, 2)?.row).toBe(own[2]?.row);
    expect(store.byTime(sample, own.length)).toBeUndefined();
  }
  const wanted = made.flatMap((one, at) => (one.state >= 4 && one.state <= 5 && one.size > 0 ? [at + 1] : []));
  const unread: number[] = [];
  for (let page = store.unread(0, 13); page.length > 0; page = store.unread(unread.at(-1) ?? 0, 13))
    unread.push(...page.map(({ row }) => row));
  expect(unread).toEqual(wanted);
  const first = unread[0] ?? 0;
  await store.judge([], [{ row: first, opens: { answer: 'yes', how: 'read' } }]);
  expect(store.unread(0, 1)[0]?.row).toBe(unread[1]);
  store.close();
});

test('answers that differ only in the name of their object are kept as one, and each row tells its own', async () => {
  const file = folder.file('names.db');
  const store = RunStore.create(file, runningAudit(), factsOf(2));
  await Promise.all(commitsOf(made, 90).map((commit) => store.commit(commit)));
  const rows = [1, 2, 3].map((row) => store.row(row));
  const errorOf = ({ bucket, key }: { bucket: string; key: string }) => {
    const where = `${bucket}/${key}`;
    return { code: 'kmsKeyNotFound', details: { status: 404, code: 'kms:KeyNotFound', message: '', where, name: where } };
  };
  await store.judge(
    [],
    rows.map((row) => ({ row: row.row, state: 1, opens: { answer: 'no', how: 'read', error: errorOf(row) } })),
  );
  for (const row of rows) expect(store.row(row.row).opens.error).toEqual(errorOf(row));
  store.close();
  const db = new DatabaseSync(file, { readOnly: true });
  expect(db.prepare('SELECT count(*) AS texts FROM opens').get()).toEqual({ texts: 1 });
  db.close();
});
