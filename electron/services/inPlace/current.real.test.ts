import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InPlace } from '../../../shared/inPlace.ts';
import { Secret } from '../../../shared/secret.ts';
import { say } from '../../../shared/text.ts';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { runWithMc } from '../../clients/s3/minio.testSupport.ts';
import type { ObjectClient } from '../../clients/s3/objectTypes.ts';
import { copyEncrypted } from '../../clients/s3/safeCopy.ts';
import { type InPlaceTest, kmsTarget, plain, shaOf, startInPlace } from './inPlace.testSupport.ts';
import { RunFile } from './store.ts';

const linesOf = ({ plan }: InPlace): string[] => plan?.commands.flatMap(({ line }) => line ?? []) ?? [];
const copiesOf = (run: InPlace): string[] => linesOf(run).filter((line) => line.startsWith('mc cp'));

describe('encrypting current objects in place, on a real MinIO with KES', () => {
  let at: InPlaceTest;
  beforeAll(async () => {
    at = await startInPlace();
  });
  afterAll(() => at?.stop());

  it('leaves no plaintext object, and metadata, tags, headers and content as they were', async () => {
    const name = await at.bucket('plain');
    const big = Buffer.alloc(6 * 1024 * 1024, 'b');
    await at.put(name, 'a/small', 'content', { metadata: { owner: 'ärzte', x: 'y' }, tags: { team: 'one' }, contentType: 'text/x' });
    await at.put(name, 'empty', '');
    await at.put(name, 'folder/', '');
    const uploadId = await at.client.beginParts({ bucket: name, key: 'parts' }, { ...plain, metadata: { of: 'parts' } });
    const parts = [];
    for (const number of [1, 2])
      parts.push(await at.client.putPart({ bucket: name, key: 'parts' }, uploadId, number, big, { encrypt: plain.encrypt }));
    await at.client.completeParts({ bucket: name, key: 'parts' }, uploadId, parts, plain);
    await at.put(name, 'there', 'already', { encrypt: { kind: 'sse-kms', key: 'minio-b', context: { of: 'it' } } });

    const planned = await at.plan(at.prefix(name));
    expect(planned).toMatchObject({ state: 'planned', total: 4, totalBytes: 7 + 2 * big.length });
    expect(planned.plan?.buckets).toMatchObject([{ bucket: name, versioning: 'off', objects: 4, extraStays: false }]);
    expect(planned.plan?.warns.map(({ code }) => code)).toContain('inPlaceWarnNoVersions');
    // mc would copy what is encrypted there as well, and not send its context again.
    expect(copiesOf(planned)).toEqual([]);
    const { jobId } = await at.handlers['inPlace.start']({ stackId: at.stackId, id: planned.id }, at.call);
    const run = await at.ended(planned.id, jobId);
    expect(run).toMatchObject({ state: 'ended', done: 4, counts: { done: 4 } });
    expect((await at.rows(run.id)).map(({ outcome, error }) => [outcome, error])).toEqual(Array(4).fill(['done', undefined]));

    const small = await at.client.head({ bucket: name, key: 'a/small' });
    expect(small).toMatchObject({
      encryption: { state: 'sse-kms', key: 'minio-a' },
      metadata: { owner: 'ärzte', x: 'y' },
      contentType: 'text/x',
      tagCount: 1,
    });
    expect(await at.client.tags({ bucket: name, key: 'a/small' })).toEqual({ team: 'one' });
    expect(await at.sha({ bucket: name, key: 'a/small' })).toBe(shaOf('content'));
    expect(await at.sha({ bucket: name, key: 'parts' })).toBe(shaOf(Buffer.concat([big, big])));
    expect(await at.client.head({ bucket: name, key: 'there' })).toMatchObject({ encryption: { key: 'minio-b' }, context: { of: 'it' } });
    expect((await at.plan(at.prefix(name))).total).toBe(0);
    expect(at.stack.journal.map(({ code }) => code)).toEqual(['inPlaceJournalStart', 'inPlaceJournalEnd']);
  });

  it('keeps and counts older plaintext versions, and sends retention and hold again', async () => {
    const name = await at.bucket('kept', 'lock');
    const until = new Date(Date.now() + 86_400_000).toISOString();
    for (const text of ['one', 'two', 'three']) await at.put(name, 'k', text);
    await at.put(name, 'held', 'h', { lock: { hold: true } });
    await at.put(name, 'retained', 'r', { lock: { mode: 'GOVERNANCE', until } });
    await at.put(name, 'deleted', 'd');
    await at.client.remove({ bucket: name, key: 'deleted' });

    const planned = await at.plan(at.prefix(name));
    const [bucket] = planned.plan?.buckets ?? [];
    expect(bucket).toMatchObject({ objects: 3, extraStays: true, noncurrent: { versions: 3 }, locked: { versions: 2, holds: 1 } });
    expect(planned.plan?.leftOut).toMatchObject([{ reason: { code: 'inPlaceLeftDeleted' }, objects: 1, sample: [`${name}/deleted`] }]);
    const { jobId } = await at.handlers['inPlace.start']({ stackId: at.stackId, id: planned.id }, at.call);
    expect(await at.ended(planned.id, jobId)).toMatchObject({ state: 'ended', counts: { done: 3 } });
    expect(await at.states(name, 'k')).toEqual(['sse-kms', 'plaintext', 'plaintext', 'plaintext']);
    expect(await at.sha({ bucket: name, key: 'k' })).toBe(shaOf('three'));
    expect(await at.client.legalHold({ bucket: name, key: 'held' })).toBe(true);
    const kept = await at.client.retention({ bucket: name, key: 'retained' });
    expect([kept?.mode, Date.parse(kept?.until ?? '')]).toEqual(['GOVERNANCE', Date.parse(until)]);
    expect(await at.states(name, 'deleted')).toEqual(['marker', 'plaintext']);
  });

  it('plans say how each copy is checked, as it is done, and what becomes of what somebody writes meanwhile', async () => {
    const codes = async (name: string, mode: 'current' | 'history' = 'current') => {
      const { plan } = await at.plan(at.prefix(name), kmsTarget, mode);
      const writers = plan?.warns.filter(({ code }) => code.startsWith('inPlaceWarnWriters'));
      return [...(plan?.checks ?? []), ...(writers ?? [])].map(({ code, params = {} }) => [code, ...Object.values(params)].join(' '));
    };
    const replaced = await at.bucket('checks-off');
    await at.put(replaced, 'small', 'x');
    await at.put(replaced, 'large', Buffer.alloc(16 * 1024 * 1024 + 1));
    expect(await codes(replaced)).toEqual([
      ...['inPlaceCheckFacts', 'inPlaceCheckWhole', `inPlaceCheckLarge ${replaced} 1`],
      `inPlaceWarnWritersLose ${replaced}`,
    ]);
    const kept = await at.bucket('checks-on', 'on');
    await at.put(kept, 'small', 'x');
    expect(await codes(kept)).toEqual(['inPlaceCheckFacts', 'inPlaceCheckByte', 'inPlaceWarnWriters']);
    expect(await codes(kept, 'history')).toEqual(['inPlaceCheckFacts', 'inPlaceCheckHistory', 'inPlaceWarnWritersHistory']);
  });

  it('says that new uploads stay plaintext where there is no rule, and has mc’s lines for the rule and, only where they do the same, for the copies', async () => {
    const name = await at.bucket('bare');
    await at.put(name, 'a/one', 'one', { metadata: { owner: 'hr' } });
    await at.put(name, 'two', 'two');
    const here = `sealdeck/${name}/`;
    const noRule = say('inPlaceWarnNoRule', { bucket: name });
    const whole = await at.plan(at.prefix(name));
    expect(whole.plan?.warns[0]).toEqual(noRule);
    expect(copiesOf(whole)).toEqual([`mc cp --recursive --enc-kms ${here}=minio-a ${here} ${here}`]);
    // What only begins so is no place for mc, and what a filter chose it cannot choose.
    expect(copiesOf(await at.plan(at.prefix(name, 'a')))).toEqual([]);
    at.setAudited([{ bucket: name, key: 'two', state: 'plaintext', deleteMarker: false }]);
    expect(copiesOf(await at.plan({ from: 'audit', auditId: '20261122T020000-1a2b3c4d', filter: { states: ['plaintext'] } }))).toEqual([]);
    const below = await at.plan(at.prefix(name, 'a/'));
    const rule = `mc encrypt set sse-kms minio-a sealdeck/${name}`;
    expect(linesOf(below).at(-1)).toBe(rule);
    const copied = await runWithMc(
      at.stack,
      linesOf(below).filter((line) => line !== rule),
    );
    expect(copied.code).toBe(0);
    const encryption = { state: 'sse-kms', key: 'minio-a' };
    expect(await at.client.head({ bucket: name, key: 'a/one' })).toMatchObject({ encryption, metadata: { owner: 'hr' } });
    expect(await at.client.head({ bucket: name, key: 'two' })).toMatchObject({ encryption: { state: 'plaintext' } });
    // Now something is encrypted there.
    expect(copiesOf(await at.plan(at.prefix(name)))).toEqual([]);

    const nothing = await at.plan(at.prefix(name, 'a/'));
    expect(nothing).toMatchObject({ total: 0, plan: { warns: [noRule] } });
    const one = await at.plan({ from: 'objects', bucket: name, objects: [{ key: 'two' }] });
    // A plan of nothing is not kept beside the next one.
    await expect(at.handlers['inPlace.get']({ stackId: at.stackId, id: nothing.id }, at.call)).rejects.toMatchObject({
      code: 'inPlaceUnknown',
    });
    expect((await at.handlers['inPlace.list']({ stackId: at.stackId }, at.call)).runs.map(({ id }) => id)).toContain(whole.id);
    expect((await runWithMc(at.stack, linesOf(one))).code).toBe(0);
    expect(await at.client.head({ bucket: name, key: 'two' })).toMatchObject({ encryption });
    await at.put(name, 'three', 'three');
    expect(await at.client.head({ bucket: name, key: 'three' })).toMatchObject({ encryption });
    const ruled = await at.plan(at.prefix(name));
    expect(ruled).toMatchObject({ total: 0, plan: { warns: [], commands: [] } });
  });

  it('leaves alone what was overwritten or removed after the plan', async () => {
    const name = await at.bucket('moving');
    for (const key of ['gone', 'same', 'written']) await at.put(name, key, 'before');
    const { id } = await at.plan(at.prefix(name));
    await at.client.remove({ bucket: name, key: 'gone' });
    await at.put(name, 'written', 'after!');
    const { jobId } = await at.handlers['inPlace.start']({ stackId: at.stackId, id }, at.call);
    const run = await at.ended(id, jobId);
    expect(run.counts).toEqual({ done: 1, changed: 1, gone: 1 });
    expect(await at.client.head({ bucket: name, key: 'written' })).toMatchObject({ encryption: { state: 'plaintext' } });
    expect(await at.sha({ bucket: name, key: 'written' })).toBe(shaOf('after!'));
  });

  it('takes what an audit saw and what is still so', async () => {
    const name = await at.bucket('audited');
    for (const key of ['a', 'b', 'c']) await at.put(name, key, key);
    await at.put(name, 'c', 'c', { encrypt: { kind: 'sse-s3' } });
    at.setAudited(['a', 'c', 'x'].map((key) => ({ bucket: name, key, state: 'plaintext' as const, deleteMarker: false })));
    const planned = await at.plan({ from: 'audit', auditId: '20261122T020000-1a2b3c4d', filter: { states: ['plaintext'] } });
    expect(planned.total).toBe(1);
    expect(planned.plan?.leftOut).toMatchObject([{ reason: { code: 'inPlaceLeftSinceAudit' }, objects: 2 }]);
  });

  it('goes from key to key with the context kept, from SSE-S3 to SSE-KMS, and to SSE-S3 without a trace of the context', async () => {
    const name = await at.bucket('rekey', 'on');
    await at.put(name, 'with-context', 'ctx', {
      encrypt: { kind: 'sse-kms', key: 'minio-b', context: { dep: 'hr' } },
      metadata: { m: '1' },
    });
    await at.put(name, 's3', 'three', { encrypt: { kind: 'sse-s3' } });
    const objects = ['with-context', 's3'].map((key) => ({ key }));
    expect((await at.run({ from: 'objects', bucket: name, objects })).counts.done).toBe(2);
    const moved = await at.client.head({ bucket: name, key: 'with-context' });
    expect(moved).toMatchObject({ encryption: { state: 'sse-kms', key: 'minio-a' }, context: { dep: 'hr' }, metadata: { m: '1' } });
    expect(await at.sha({ bucket: name, key: 'with-context' })).toBe(shaOf('ctx'));
    expect((await at.run({ from: 'objects', bucket: name, objects }, { kind: 'sse-s3' })).counts.done).toBe(2);
    const plainly = await at.client.head({ bucket: name, key: 'with-context' });
    expect(plainly).toMatchObject({ encryption: { state: 'sse-s3' }, metadata: { m: '1' } });
    expect((await at.run({ from: 'objects', bucket: name, objects }, kmsTarget)).counts.done).toBe(2);
    expect((await at.client.head({ bucket: name, key: 'with-context' })).context).toBeUndefined();
    expect(await at.sha({ bucket: name, key: 'with-context' })).toBe(shaOf('ctx'));
  });

  it('copies what hides a context that no answer shows, which a plain copy to SSE-KMS would lose for ever', async () => {
    const name = await at.bucket('hidden');
    await at.put(name, 'a', 'hidden', { encrypt: { kind: 'sse-kms', key: 'minio-b', context: { dep: 'hr' } }, metadata: { m: '1' } });
    const place = { bucket: name, key: 'a' };
    await at.client.copy({ from: place, to: place, encrypt: { kind: 'sse-s3' } });
    expect((await at.client.head(place)).context).toBeUndefined();
    expect((await at.run({ from: 'objects', bucket: name, objects: [{ key: 'a' }] })).counts).toEqual({ done: 1 });
    expect(await at.client.head(place)).toMatchObject({ encryption: { state: 'sse-kms', key: 'minio-a' }, metadata: { m: '1' } });
    expect(await at.sha(place)).toBe(shaOf('hidden'));
  });

  it('moves objects from key to key of a customer, also with versions on, and away from it; one whose key is elsewhere is left', async () => {
    const name = await at.bucket('customer', 'on');
    const keys = customerKeysOf(at.stack.context);
    const [one, two] = [await keys.make('one'), await keys.make('two')];
    await at.put(name, 'a', 'secret a', { encrypt: { kind: 'sse-c', key: keys.secret(one.id) } });
    await at.put(name, 'big', Buffer.alloc(400_000, 'x'), { encrypt: { kind: 'sse-c', key: keys.secret(one.id) } });
    await at.put(name, 'else', 'else', { encrypt: { kind: 'sse-c', key: new Secret(Buffer.alloc(32, 7).toString('base64')) } });
    const objects = ['a', 'big', 'else'].map((key) => ({ key }));
    const scope = { from: 'objects', bucket: name, objects } as const;
    const planned = await at.plan(scope, { kind: 'sse-c', keyId: two.id });
    expect(planned.plan?.leftOut).toMatchObject([{ reason: { code: 'inPlaceLeftCustomerKey' }, sample: [`${name}/else`] }]);
    expect((await at.run(scope, { kind: 'sse-c', keyId: two.id })).counts).toEqual({ done: 2 });
    expect(await at.sha({ bucket: name, key: 'a' }, keys.secret(two.id))).toBe(shaOf('secret a'));
    expect(await at.sha({ bucket: name, key: 'big' }, keys.secret(two.id))).toBe(shaOf(Buffer.alloc(400_000, 'x')));
    expect(keys.list().find(({ id }) => id === two.id)?.objects).toBe(2);
    expect((await at.run(scope)).counts).toEqual({ done: 2 });
    expect(await at.sha({ bucket: name, key: 'big' })).toBe(shaOf(Buffer.alloc(400_000, 'x')));
  });

  it.each(['copy', 'remove'] as const)(
    'a kill between the two copies from key to key of a customer (before %s) leaves no odd storage class after it was resumed',
    async (diesAt) => {
      const name = await at.bucket(`between-${diesAt}`, 'on');
      const keys = customerKeysOf(at.stack.context);
      const [one, two] = [await keys.make(`${diesAt} one`), await keys.make(`${diesAt} two`)];
      const place = { bucket: name, key: 'a' };
      const from = await at.put(name, 'a', 'secret', { encrypt: { kind: 'sse-c', key: keys.secret(one.id) }, metadata: { m: '1' } });
      const planned = await at.plan({ from: 'objects', bucket: name, objects: [{ key: 'a' }] }, { kind: 'sse-c', keyId: two.id });
      // As a kill leaves it: the row was begun, and the first copy is there.
      const file = RunFile.open(join(at.dataFolder, 'stacks', at.stackId, 'inPlace', `${planned.id}.sqlite`));
      file.begin(file.after(0, 10));
      file.save({ ...file.about(), state: 'running' });
      file.close();
      let copies = 0;
      const killed = async (): Promise<never> => Promise.reject(new Error('killed'));
      const client: ObjectClient = {
        ...at.client,
        copy: (options) => (diesAt === 'copy' && ++copies === 2 ? killed() : at.client.copy(options)),
        remove: killed,
      };
      const key = keys.secret(two.id);
      const wish = { at: place, encrypt: { kind: 'sse-c', key }, customerKey: keys.secret(one.id), versioning: 'on' } as const;
      await expect(copyEncrypted(client, wish)).rejects.toThrow('killed');
      expect(await at.client.versions(name, 'a')).toHaveLength(diesAt === 'copy' ? 2 : 3);

      const { jobId } = await at.handlers['inPlace.resume']({ stackId: at.stackId, id: planned.id }, at.call);
      expect(await at.ended(planned.id, jobId)).toMatchObject({ state: 'ended', counts: { done: 1 } });
      const facts = await at.client.head(place, { customerKey: key });
      expect([facts.storageClass, facts.metadata]).toEqual([undefined, { m: '1' }]);
      expect(await at.sha(place, key)).toBe(shaOf('secret'));
      const versions = await at.client.versions(name, 'a');
      expect(versions.map(({ versionId }) => versionId)).toEqual([facts.versionId, from.versionId]);
    },
  );

  it('refuses a key that MinIO cannot use and a rule that is not there, before anything is changed', async () => {
    const name = await at.bucket('refused');
    await at.put(name, 'a', 'a');
    await expect(at.plan(at.prefix(name), { kind: 'sse-kms', key: 'minio-none' })).rejects.toMatchObject({ code: 'inPlaceKeyRefused' });
    await expect(at.plan(at.prefix(name), { kind: 'rule' })).rejects.toMatchObject({ code: 'inPlaceNoRule' });
    await expect(at.plan(at.prefix('not-there'))).rejects.toMatchObject({ code: 'bucketMissing' });
    expect((await at.handlers['inPlace.list']({ stackId: at.stackId }, at.call)).runs.every(({ state }) => state !== 'planning')).toBe(
      true,
    );
  });
});
