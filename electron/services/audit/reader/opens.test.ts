import { describe, expect, it } from 'vitest';
import { auditStates } from '../../../../shared/audit.ts';
import type { ModelObject, ModelRefusal } from '../../../clients/s3/modelBucket.testSupport.ts';
import type { RowVerdict, Sample, StoreCalls, Target, Verdict } from '../work.ts';
import { createHeadPool } from './headPool.ts';
import { createKmsWatch } from './kmsWatch.ts';
import { openAll, openSamples } from './opens.ts';
import { scriptedClient } from './scripted.testSupport.ts';

const gone: ModelRefusal = { status: 404, code: 'kms:KeyNotFound' };
const otherBytes: ModelRefusal = { status: 400, code: 'kms:InvalidCiphertextException' };
const denied: ModelRefusal = { status: 403, code: 'AccessDenied' };

/** The n-th written object is `objects[n]`; its key does not follow the time. */
function start(objects: ModelObject[]) {
  const keyOf = (index: number): string => `k${String((index * 7) % objects.length).padStart(7, '0')}`;
  const written = new Map(objects.map((object, index) => [keyOf(index), { modifiedAt: index * 1000, ...object }]));
  const model = scriptedClient({ keys: [...written.keys()].sort(), object: (key) => written.get(key) ?? {} });
  const { signal } = new AbortController();
  const waits: (string | undefined)[] = [];
  const pool = createHeadPool(signal);
  const watch = createKmsWatch({ client: model.client, signal, onWait: (wait) => waits.push(wait?.code) });
  const store = memoryStore(
    [...written].map(([key, object], row) => ({ row: row + 1, bucket: 0, key, modified: object.modifiedAt, object })),
  );
  const opener = { asker: { client: model.client, pool, signal }, watch, buckets: ['b'], onProgress: () => undefined };
  return { model, store, opener, keyOf, waits };
}

const none = { objects: [], bytes: [] };
const nothingYet = {
  current: none,
  noncurrent: none,
  deleteMarkers: 0,
  folderMarkers: 0,
  opens: { yes: 0, no: 0, notTested: 0 },
  bucketsDone: 0,
  gaps: 0,
};

/** The store's calls for one bucket, in memory. */
function memoryStore(rows: (Target & { object: ModelObject })[]) {
  const verdicts: Verdict[] = [];
  const judged = new Map<number, RowVerdict>();
  const groups = new Map<string, (Target & { object: ModelObject })[]>();
  for (const row of rows) {
    const { state = 'plaintext', kmsKey = '', size = 5 } = row.object;
    if (!state.startsWith('sse-') || size === 0) continue;
    const name = `${auditStates.indexOf(state)} ${kmsKey}`;
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    group.push(row);
  }
  for (const group of groups.values()) group.sort((a, b) => a.modified - b.modified);
  const bare = ({ object: _, ...target }: Target & { object: ModelObject }): Target => target;
  const calls: Pick<StoreCalls, 'samples' | 'byTime' | 'judge' | 'unread' | 'totals'> = {
    totals: async () => ({ ...nothingYet, current: { objects: [rows.length], bytes: [] } }),
    samples: async () =>
      [...groups].flatMap(([name, group]): Sample[] => {
        const [state, kmsKey = ''] = name.split(' ');
        const [oldest, newest] = [group[0], group.at(-1)];
        return oldest && newest
          ? [{ bucket: 0, state: Number(state), kmsKey, objects: group.length, oldest: bare(oldest), newest: bare(newest) }]
          : [];
      }),
    byTime: async ({ state, kmsKey }, n) => {
      const found = groups.get(`${state} ${kmsKey}`)?.[n];
      return found && bare(found);
    },
    judge: async (some, single) => {
      verdicts.push(...some);
      for (const one of single) judged.set(one.row, one);
    },
    unread: async (after, limit) =>
      [...groups.values()]
        .flat()
        .map(bare)
        .filter(({ row }) => row > after && judged.get(row)?.opens.how !== 'read')
        .sort((a, b) => a.row - b.row)
        .slice(0, limit),
  };
  return { ...calls, verdicts, judged };
}

const kms = (more: ModelObject = {}): ModelObject => ({ state: 'sse-kms', kmsKey: 'k', ...more });
const many = (count: number, one: (index: number) => ModelObject): ModelObject[] => Array.from({ length: count }, (_, index) => one(index));

describe('whether keys open, by sample', () => {
  it('is yes when the oldest and the newest open, with two reads whatever there is', async () => {
    const { store, opener, model } = start(many(500, () => kms()));
    await openSamples(opener, store);
    expect(store.verdicts).toEqual([{ bucket: 0, state: 5, kmsKey: 'k', opens: { answer: 'yes', how: 'sample' } }]);
    expect([...store.judged.values()].map(({ opens }) => opens)).toEqual([
      { answer: 'yes', how: 'read' },
      { answer: 'yes', how: 'read' },
    ]);
    expect(model.asked.reads).toBe(2);
  });

  it('is no for all only when the key is gone for both', async () => {
    const { store, opener } = start(many(50, () => kms({ unreadable: gone })));
    await openSamples(opener, store);
    expect(store.verdicts[0]?.opens).toMatchObject({ answer: 'no', how: 'sample', error: { code: 'kmsKeyNotFound' } });
    expect([...store.judged.values()]).toMatchObject([
      { state: 1, reason: { code: 'auditKeyGone' } },
      { state: 1, opens: { answer: 'no', how: 'read' } },
    ]);
  });

  it.each([
    [1, 1000],
    [999, 1000],
    [12_345, 300_000],
  ])('finds the two writes between which a key was made again: %i of %i', async (cut, count) => {
    const { store, opener, keyOf } = start(many(count, (index) => kms(index < cut ? { unreadable: otherBytes } : {})));
    await openSamples(opener, store);
    const [verdict] = store.verdicts;
    expect(verdict?.opens).toMatchObject({ answer: 'differs', how: 'sample', why: { code: 'auditOpensRemade' } });
    expect(verdict?.boundary).toMatchObject({ fails: { bucket: 'b', key: keyOf(cut - 1) }, works: { key: keyOf(cut) } });
    expect(verdict?.boundary?.reads).toBeLessThanOrEqual(20);
  });

  it('calls a default key that was changed by its name: SSE-S3 does not say which key it had', async () => {
    const { store, opener } = start(many(10, (index) => ({ state: 'sse-s3', ...(index < 4 ? { unreadable: gone } : {}) })));
    await openSamples(opener, store);
    expect(store.verdicts[0]).toMatchObject({ opens: { answer: 'differs', why: { code: 'auditOpensSomeGone' } }, boundary: { reads: 3 } });
  });

  it('is not tested where both fail otherwise, or one is damaged by itself', async () => {
    for (const refusal of [otherBytes, { status: 206, code: 'XMinioObjectTampered' }, { status: 403, code: 'kms:NotAuthorized' }]) {
      const { store, opener } = start(many(9, () => kms({ unreadable: refusal })));
      await openSamples(opener, store);
      expect(store.verdicts[0]?.opens.answer).toBe('notTested');
    }
    const { store, opener } = start(
      many(9, (index) => kms(index === 0 ? { unreadable: { status: 206, code: 'XMinioObjectTampered' } } : {})),
    );
    await openSamples(opener, store);
    expect(store.verdicts[0]?.opens).toMatchObject({ answer: 'notTested', why: { code: 'auditOpensMixed' } });
  });

  it('takes other samples where the first may not be read, and says which permission is missing when none may', async () => {
    const some = start(many(20, (index) => kms(index === 0 || index > 17 ? { unreadable: denied } : {})));
    await openSamples(some.opener, some.store);
    expect(some.store.verdicts[0]?.opens).toEqual({ answer: 'yes', how: 'sample' });
    const none = start(many(20, () => kms({ unreadable: denied })));
    await openSamples(none.opener, none.store);
    expect(none.store.verdicts[0]?.opens).toMatchObject({
      answer: 'notTested',
      why: { code: 'auditOpensNoPermission', params: { permission: 's3:GetObject' } },
    });
    expect(none.model.asked.reads).toBeLessThanOrEqual(12);
  });

  it('leaves SSE-C to its customer, but not what was forged', async () => {
    const { store, opener } = start([{ state: 'sse-c' }, { state: 'sse-c' }, { state: 'sse-c', unreadable: gone }]);
    await openSamples(opener, store);
    expect(store.verdicts[0]?.opens.answer).toBe('notTested');
    expect([...store.judged.values()]).toMatchObject([
      { opens: { why: { code: 'auditOpensCustomerKey' } } },
      { state: 1, reason: { code: 'auditForged' } },
    ]);
  });

  it('waits while the KMS is away, and says so', async () => {
    const { store, opener, model, waits } = start(many(5, () => kms()));
    model.setKms('away');
    setTimeout(() => model.setKms('works'), 30);
    await openSamples(opener, store);
    expect(store.verdicts[0]?.opens.answer).toBe('yes');
    expect(waits).toEqual(['auditKeyStoreAway', undefined]);
  });
});

describe('reading them all', () => {
  it('reads each encrypted object with content once and goes on from a row', async () => {
    const objects = many(3000, (index) =>
      index % 3 === 0 ? {} : kms(index % 10 === 1 ? { unreadable: gone } : index % 10 === 2 ? { size: 0 } : {}),
    );
    const { store, opener, model } = start(objects);
    // Ended in between, as by a kill: what was judged is not read again.
    const ended = new Error('ended');
    const cut = { ...store, unread: (after: number, limit: number) => (after > 0 ? Promise.reject(ended) : store.unread(after, limit)) };
    await expect(openAll(opener, cut)).rejects.toBe(ended);
    expect(store.judged.size).toBe(1000);
    await openAll(opener, store);
    const encrypted = objects.filter(({ state, size }) => state === 'sse-kms' && size !== 0);
    expect(store.judged.size).toBe(encrypted.length);
    expect(model.asked.reads).toBe(encrypted.length);
    expect([...store.judged.values()].filter(({ opens }) => opens.answer === 'no').length).toBe(
      encrypted.filter(({ unreadable }) => unreadable).length,
    );
    expect([...store.judged.values()].every(({ opens }) => opens.how === 'read')).toBe(true);
  });
});
