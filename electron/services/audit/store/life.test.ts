import { statSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import type { MapNode } from '../../../../shared/audit.ts';
import { commitsOf, entriesOf, factsOf, madeObjects, runningAudit, testFolder } from './generated.testSupport.ts';
import { LiveMap } from './liveMap.ts';
import { RunStore } from './store.ts';

const folder = testFolder();
afterAll(folder.remove);

test('a run that goes on after it was arranged, and after its file was opened again, counts and shows all of it', async () => {
  const made = madeObjects(400, { seed: 61, buckets: 1 });
  const store = RunStore.create(folder.file('goesOn.db'), runningAudit(), factsOf(1));
  const [first, ...others] = commitsOf(made, 150);
  await store.commit(first ?? { ranges: [] });
  await store.arrange(() => undefined);
  const firstMap = store.map({ prefix: '', by: 'objects', depth: 1, cells: 10 });
  store.close();

  const again = RunStore.open(folder.file('goesOn.db'), true);
  expect(again.map({ prefix: '', by: 'objects', depth: 1, cells: 10 })).toEqual(firstMap);
  for (const commit of others) await again.commit(commit);
  const live = again.map({ bucket: 'bucket-0', prefix: '', by: 'bytes', depth: 3, cells: 200 });
  const liveTotals = again.totals();
  await again.arrange(() => undefined);
  const { rows, total } = await again.rows({ filter: {}, sort: 'key', descending: false, offset: 0, limit: 500 });
  expect(rows.map(({ key }) => key)).toEqual(made.map(({ key }) => key));
  expect([total, again.totals()]).toEqual([400, liveTotals]);
  const sorted = (node: MapNode): unknown => [node.prefix, node.name, node.objects, (node.children ?? []).map(sorted).sort()];
  expect(sorted(again.map({ bucket: 'bucket-0', prefix: '', by: 'bytes', depth: 3, cells: 200 }))).toEqual(sorted(live));
  again.close();
});

test.skipIf(process.platform === 'win32')('nobody else may read the file of a run or its companions', async () => {
  const file = folder.file('own.db');
  const store = RunStore.create(file, runningAudit(), factsOf(1));
  await store.commit({ ranges: [{ id: 0, bucket: 0, after: '', done: false }] });
  expect(['', '-wal', '-shm'].map((end) => (statSync(file + end).mode & 0o777).toString(8))).toEqual(['600', '600', '600']);
  store.close();
});

test('arranging tells how far it is and answers other calls meanwhile', async () => {
  const made = madeObjects(300, { seed: 62 });
  const store = RunStore.create(folder.file('told.db'), runningAudit(), factsOf(2));
  await Promise.all(commitsOf(made, 300).map((commit) => store.commit(commit)));
  const told: number[] = [];
  const arranged = store.arrange((done) => told.push(done));
  expect((await store.rows({ filter: {}, sort: 'size', descending: false, offset: 0, limit: 1 })).rows[0]?.row).toBe(1);
  await store.saveAudit({ ...runningAudit(), workedMs: 5 });
  await arranged;
  expect(told[0]).toBe(0);
  expect(told.at(-1)).toBe(1);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(store.about().audit.workedMs).toBe(5);
  store.close();
});

test('a bucket tells what was written before its rule, what is not read yet, and why none of it could be read', async () => {
  const at = (day: number) => Date.UTC(2026, 2, day);
  const one = { bucket: 0, size: 10, kmsKey: '', latest: true };
  const facts = factsOf(2).map((each) => ({ ...each, expected: 10 }));
  const store = RunStore.create(folder.file('facts.db'), runningAudit(), [
    { ...(facts[0] ?? { name: '' }), ruleSince: { at: new Date(at(10)).toISOString(), from: 'server' } },
    facts[1] ?? { name: '' },
  ]);
  const plain = [9, 9, 10, 11].map((day, key) => ({ ...one, key: `k${key}`, state: 0, modified: at(day) }));
  const error = { code: 'minioCredentialRefused' };
  await store.commit({
    entries: entriesOf([
      ...plain,
      { ...one, key: 'k8', state: 4, modified: at(1) },
      { ...one, key: 'k9/', size: 0, state: 0, modified: at(1) },
    ]),
    ranges: [
      { id: 1, bucket: 0, after: 'k9/', done: false },
      { id: 2, bucket: 1, after: '', done: true },
    ],
    gaps: [{ bucket: 'bucket-1', after: '', error }],
  });
  expect(store.buckets()).toMatchObject([
    { plainBefore: 2, plainAfter: 2, done: false, expected: 10, folderMarkers: 1 },
    { done: true, error },
  ]);
  expect(store.buckets()[1]).not.toHaveProperty('plainBefore');
  expect(store.totals()).toMatchObject({ gaps: 1, bucketsDone: 1 });
  expect(store.gaps()).toEqual([{ bucket: 'bucket-1', after: '', error }]);
  const map = store.map({ prefix: '', by: 'objects', depth: 1, cells: 10 });
  expect([map.notRead, ...(map.children ?? []).map(({ bucket, notRead }) => [bucket, notRead])]).toEqual([
    4,
    ['bucket-0', 4],
    ['bucket-1', undefined],
  ]);
  expect(() => store.map({ bucket: 'another', prefix: '', by: 'objects', depth: 1, cells: 10 })).toThrow('auditBucketUnknown');
  store.close();
});

test('a reason is told for each bucket with unknown objects, while it reads, arranged and opened again, as long as it is one', async () => {
  const made = madeObjects(300, { seed: 66 });
  let store = RunStore.create(folder.file('why.db'), runningAudit(), factsOf(2));
  await Promise.all(commitsOf(made, 300).map((commit) => store.commit(commit)));
  const unknown = (bucket: number) => made.filter((one) => one.bucket === bucket && one.state === 2).map(({ reason }) => reason);
  const check = (): void => {
    const told = store.reasons().filter(({ state }) => state === 'unknown');
    expect(told.map(({ bucket }) => bucket)).toEqual(['bucket-0', 'bucket-1']);
    for (const [at, { reason }] of told.entries()) expect(unknown(at)).toContain(reason.params?.reason);
  };
  check();
  await store.arrange(() => undefined);
  check();
  store.close();
  store = RunStore.open(folder.file('why.db'), true);
  check();
  const first = made.findIndex(({ bucket, state }) => bucket === 0 && state === 2) + 1;
  await store.judge([], [{ row: first, state: 0, opens: { answer: 'notTested' } }]);
  expect(store.reasons().filter(({ bucket, state }) => bucket === 'bucket-0' && state === 'unknown')).toEqual([]);
  store.close();
});

test('the live map keeps to a number of places however many prefixes there are, and loses no object', () => {
  const map = new LiveMap(1000);
  for (let at = 0; at < 500; at += 1) map.add(0, `folder-${at}/deep/${at}/file`, at % 6, 7, 1);
  const all = map.look(0, '', 'objects', 1000);
  expect(all?.sums.subarray(0, 6).reduce((sum, objects) => sum + objects, 0)).toBe(500);
  expect(all?.largest.length).toBeLessThanOrEqual(30);
  expect(all?.own.subarray(0, 6).some((objects) => objects > 0)).toBe(true);
});
