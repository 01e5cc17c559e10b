import { afterAll, expect, test } from 'vitest';
import { auditStates, type MapNode } from '../../../../shared/audit.ts';
import { deleteMarkerState } from '../work.ts';
import { commitsOf, factsOf, type Made, madeObjects, runningAudit, testFolder } from './generated.testSupport.ts';
import { RunStore } from './store.ts';

const folder = testFolder();
afterAll(folder.remove);

async function filled(name: string, made: Made[], size = 100, buckets = factsOf(2)): Promise<RunStore> {
  const store = RunStore.create(folder.file(name), runningAudit(), buckets);
  await Promise.all(commitsOf(made, size).map((commit) => store.commit(commit)));
  return store;
}

/** Sums as anyone would count them. */
function counted(made: Made[], of: (one: Made) => boolean) {
  const sums = { objects: [0, 0, 0, 0, 0, 0], bytes: [0, 0, 0, 0, 0, 0] };
  for (const one of made) {
    if (one.state === deleteMarkerState || !of(one)) continue;
    sums.objects[one.state] = (sums.objects[one.state] ?? 0) + 1;
    sums.bytes[one.state] = (sums.bytes[one.state] ?? 0) + one.size;
  }
  return sums;
}

test.each([1, 2, 3])('totals, buckets and keys are what was sent, before and after opening again (%i)', async (seed) => {
  const made = madeObjects(600, { seed, versions: seed !== 1 });
  const store = await filled(`totals-${seed}.db`, made, 37);
  const check = (of: RunStore) => {
    const totals = of.totals();
    expect(totals.current).toEqual(counted(made, ({ latest }) => latest));
    expect(totals.noncurrent).toEqual(counted(made, ({ latest }) => !latest));
    expect(totals.deleteMarkers).toBe(made.filter(({ state }) => state === deleteMarkerState).length);
    expect(totals.folderMarkers).toBe(
      made.filter(({ key, size, state, latest }) => latest && state === 0 && size === 0 && key.endsWith('/')).length,
    );
    expect(totals.bucketsDone).toBe(2);
    for (const [id, bucket] of of.buckets().entries())
      expect(bucket.current).toEqual(counted(made, (one) => one.latest && one.bucket === id));
    for (const key of of.keys()) {
      const own = made.filter(
        (one) => `bucket-${one.bucket}` === key.bucket && auditStates[one.state] === key.state && one.kmsKey === key.kmsKey,
      );
      expect(key.objects).toBe(own.length);
      const times = own.filter(({ size }) => size > 0).map(({ modified }) => modified);
      expect(key.oldest?.modifiedAt).toBe(new Date(Math.min(...times)).toISOString());
      expect(key.newest?.modifiedAt).toBe(new Date(Math.max(...times)).toISOString());
    }
  };
  check(store);
  store.close();
  const again = RunStore.open(folder.file(`totals-${seed}.db`), false);
  check(again);
  again.close();
});

test('each row is as it was sent, in the order of keys, whatever is in the keys', async () => {
  const made = madeObjects(700, { seed: 5, versions: true });
  const store = await filled('rows.db', made);
  await store.arrange(() => undefined);
  const rows = [];
  for (let offset = 0; offset < made.length; offset += 200) {
    const page = await store.rows({ filter: { versions: 'all' }, sort: 'key', descending: false, offset, limit: 200 });
    rows.push(...page.rows);
  }
  expect(
    rows.map(({ bucket, key, versionId, size, modifiedAt, state, kmsKey, latest, deleteMarker, reason }) => [
      ...[bucket, key, versionId, size, modifiedAt, state, kmsKey ?? '', latest, deleteMarker, reason?.params?.reason],
    ]),
  ).toEqual(
    made.map((one) => [
      ...[`bucket-${one.bucket}`, one.key, one.version, one.size, new Date(one.modified).toISOString(), auditStates[one.state], one.kmsKey],
      ...[one.latest, one.state === deleteMarkerState, one.reason],
    ]),
  );
  store.close();
});

/** Every node's sums must be those of the objects below it, and children must add up. */
function checkNode(node: MapNode, made: Made[], bucketIds: Map<string, number>): number {
  if (node.name !== '…' && node.name !== '' && node.bucket !== undefined) {
    const id = bucketIds.get(node.bucket);
    expect(node.objects).toEqual(counted(made, (one) => one.latest && one.bucket === id && one.key.startsWith(node.prefix)).objects);
  }
  const children = node.children ?? [];
  if (children.length > 0) {
    const sum = [0, 0, 0, 0, 0, 0].map((_, at) => children.reduce((all, child) => all + (child.objects[at] ?? 0), 0));
    expect(sum).toEqual(node.objects);
  }
  return 1 + children.reduce((cells, child) => cells + checkNode(child, made, bucketIds), 0);
}

test.each([false, true])('the map adds up at every place and keeps to its cells (arranged: %s)', async (arranged) => {
  const made = madeObjects(800, { seed: 7, versions: true, buckets: 3 });
  const store = await filled(`map-${arranged}.db`, made, 50, factsOf(3));
  if (arranged) await store.arrange(() => undefined);
  const ids = new Map([0, 1, 2].map((id) => [`bucket-${id}`, id]));
  for (const by of ['objects', 'bytes'] as const) {
    for (const cells of [10, 40, 600]) {
      for (const depth of [1, 2, 4]) {
        const all = store.map({ prefix: '', by, depth, cells });
        expect(checkNode(all, made, ids) - 1).toBeLessThanOrEqual(cells);
        expect(all.objects).toEqual(counted(made, ({ latest }) => latest).objects);
        expect(checkNode(store.map({ bucket: 'bucket-1', prefix: '', by, depth, cells }), made, ids) - 1).toBeLessThanOrEqual(cells);
        checkNode(store.map({ bucket: 'bucket-0', prefix: 'folder-1/', by, depth, cells }), made, ids);
      }
    }
  }
  store.close();
});
