import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Audit } from '../../../shared/audit.ts';
import { createSeen } from './seen.ts';
import { commitsOf, factsOf, type Made, runningAudit, testFolder } from './store/generated.testSupport.ts';
import { RunStore } from './store/store.ts';
import type { StoreCalls } from './work.ts';

const folder = testFolder();
const one = { bucket: 0, size: 10, modified: Date.UTC(2026, 0, 1), kmsKey: '', latest: true };
const made: Made[] = [
  { ...one, key: 'a', version: 'v2', state: 5, kmsKey: 'minio-docs' },
  { ...one, key: 'a', version: 'v1', state: 0, latest: false },
  { ...one, key: 'a.txt', version: 'v1', state: 4 },
  { ...one, key: 'gone', version: 'v2', state: 6 },
];
let store: RunStore;
beforeAll(async () => {
  store = RunStore.create(folder.file('seen.db'), runningAudit(), factsOf(1));
  await Promise.all(commitsOf(made, 10).map((commit) => store.commit(commit)));
  await store.arrange(() => undefined);
});
afterAll(() => {
  store.close();
  folder.remove();
});

const run = (more: Partial<Audit>): Audit => ({ ...runningAudit(), state: 'finished', endedAt: '2026-11-22T08:00:00.000Z', ...more });

/** What is told of an object by these runs, and which of them was asked. */
async function ask(audits: Audit[], key: string, versionId?: string) {
  const asked: string[] = [];
  const seen = createSeen(
    { list: async () => ({ audits, damaged: [] }) },
    {
      has: () => true,
      use: async (_stack, id, work) => {
        asked.push(id);
        return work(store as unknown as StoreCalls);
      },
    },
  );
  return { told: await seen('stack', { bucket: 'bucket-0', key, versionId }), asked };
}

test('the current version is told by its state and key, and an older one by its own', async () => {
  const { told } = await ask([run({ id: '20261122T080000-00000001' })], 'a');
  expect(told).toMatchObject({ at: '2026-11-22T08:00:00.000Z', encryption: { state: 'sse-kms', key: 'minio-docs' } });
  expect((await ask([run({})], 'a', 'v1')).told?.encryption).toMatchObject({ state: 'plaintext' });
});

test('nothing is told of a name that only begins the same, of a delete marker, or of one that was not there', async () => {
  for (const key of ['a.', 'gone', 'b']) expect((await ask([run({})], key)).told).toBeUndefined();
  expect((await ask([run({})], 'a', 'v9')).told).toBeUndefined();
});

test('the newest finished run that covers the object is asked', async () => {
  const audits = [
    run({ id: '20261122T080000-00000005', state: 'running' }),
    run({ id: '20261122T080000-00000004', scope: { buckets: ['other'], prefix: '', versions: false } }),
    run({ id: '20261122T080000-00000003', scope: { prefix: 'elsewhere/', versions: false } }),
    run({ id: '20261122T080000-00000002' }),
    run({ id: '20261122T080000-00000001' }),
  ];
  expect((await ask(audits, 'a')).asked).toEqual(['20261122T080000-00000002']);
});
