import { afterAll, expect, test } from 'vitest';
import { type AuditChange, auditChange } from '../../../../shared/audit.ts';
import { compareKeys } from '../../../clients/s3/keyOrder.ts';
import { commitsOf, factsOf, type Made, madeObjects, randomOf, runningAudit, testFolder } from './generated.testSupport.ts';
import { RunStore } from './store.ts';

const folder = testFolder();
afterAll(folder.remove);

async function filled(name: string, made: Made[], buckets: string[]): Promise<RunStore> {
  const store = RunStore.create(
    folder.file(name),
    runningAudit(),
    factsOf(buckets.length).map((facts, at) => ({ ...facts, name: buckets[at] ?? '' })),
  );
  await Promise.all(commitsOf(made, 60).map((commit) => store.commit(commit)));
  return store;
}

test('two runs are compared by name of bucket and key, whatever their rows and numbers are', async () => {
  const random = randomOf(9);
  const before = madeObjects(600, { seed: 31, versions: true, buckets: 3 });
  const kept = before.filter(() => random(10) > 0);
  const after = [...kept, ...madeObjects(80, { seed: 77, versions: true, buckets: 3 }).map((one) => ({ ...one, key: `added-${one.key}` }))]
    // The third bucket is another one now, and the first two have each other's number.
    .map((one): Made => ({ ...one, bucket: [1, 0, 2][one.bucket] ?? 0 }))
    .map((one): Made => (random(5) > 0 || one.state === 6 ? one : { ...one, state: random(6), kmsKey: '' }))
    .map((one): Made => (one.state !== 5 ? { ...one, kmsKey: '' } : random(6) > 0 ? one : { ...one, kmsKey: 'another' }))
    .sort((a, b) => a.bucket - b.bucket || compareKeys(a.key, b.key));
  const older = await filled('older.db', before, ['one', 'two', 'left']);
  older.close();
  const newer = await filled('newer.db', after, ['two', 'one', 'came']);
  await newer.arrange(() => undefined);

  const current = (made: Made[], names: string[]) =>
    new Map(made.filter(({ latest, state }) => latest && state < 6).map((one) => [`${names[one.bucket]} ${one.key}`, one]));
  const was = current(before, ['one', 'two', 'left']);
  const is = current(after, ['two', 'one', 'came']);
  const expected = new Map<AuditChange, string[]>();
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const a = was.get(name);
    const b = is.get(name);
    const encrypted = (one: Made) => one.state >= 3;
    let change: AuditChange | undefined;
    if (!a) change = 'new';
    else if (!b) change = 'gone';
    else if (a.state === b.state) change = a.kmsKey === b.kmsKey ? undefined : 'otherKey';
    else if (a.state === 0 && encrypted(b)) change = 'newlyEncrypted';
    else if (encrypted(a) && b.state === 0) change = 'newlyPlain';
    else change = 'otherState';
    if (change) expected.set(change, [...(expected.get(change) ?? []), name]);
  }
  const told: string[] = [];
  for (const change of auditChange.options) {
    const names: string[] = [];
    for (let offset = 0; ; offset += 7) {
      const page = await newer.compare(folder.file('older.db'), { change, offset, limit: 7 });
      expect(page.total).toBe(expected.get(change)?.length ?? 0);
      expect(page.counts).toEqual(Object.fromEntries([...expected].map(([of, all]) => [of, all.length])));
      names.push(...page.rows.map(({ before: old, after: now }) => `${now?.bucket ?? old?.bucket} ${now?.key ?? old?.key}`));
      if (page.rows.length < 7) break;
    }
    expect([...names].sort()).toEqual([...(expected.get(change) ?? [])].sort());
    told.push(...names);
  }
  const all: string[] = [];
  for (let offset = 0; offset < told.length; offset += 50) {
    const page = await newer.compare(folder.file('older.db'), { offset, limit: 50 });
    all.push(...page.rows.map(({ before: old, after: now }) => `${now?.bucket ?? old?.bucket} ${now?.key ?? old?.key}`));
  }
  expect(all).toEqual(told);
  newer.close();
  const readOnly = RunStore.open(folder.file('newer.db'), false);
  expect((await readOnly.compare(folder.file('older.db'), { offset: 0, limit: 1 })).total).toBe(told.length);
  await expect(readOnly.compare(folder.file('missing.db'), { offset: 0, limit: 1 })).rejects.toMatchObject({ code: 'auditFileDamaged' });
  readOnly.close();
});
