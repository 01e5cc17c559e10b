import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InPlaceTest, kmsTarget, shaOf, startInPlace } from './inPlace.testSupport.ts';

describe('rewriting history, on a real MinIO with KES', () => {
  let at: InPlaceTest;
  beforeAll(async () => {
    at = await startInPlace();
  });
  afterAll(() => at?.stop());

  /** Contents of all object versions of a name, newest first. */
  async function contents(bucket: string, key: string): Promise<string[]> {
    const found: string[] = [];
    for (const { versionId, deleteMarker } of await at.client.versions(bucket, key))
      found.push(deleteMarker ? 'marker' : await at.sha({ bucket, key, versionId }));
    return found;
  }
  const shas = (...texts: string[]): string[] => texts.map((text) => (text === 'marker' ? text : shaOf(text)));
  const history = (name: string) => at.run(at.prefix(name), kmsTarget, 'history');

  it('leaves every content once and encrypted, in the order in which it was written', async () => {
    const name = await at.bucket('history', 'on');
    for (const text of ['one', 'two', 'three']) await at.put(name, 'k', text, { metadata: { text }, tags: { text } });
    await at.put(name, 'single', 's');
    const run = await history(name);
    expect(run).toMatchObject({ state: 'ended', counts: { done: 4 }, deleted: 4 });
    expect(await at.states(name, 'k')).toEqual(['sse-kms', 'sse-kms', 'sse-kms']);
    expect(await contents(name, 'k')).toEqual(shas('three', 'two', 'one'));
    expect(await at.client.head({ bucket: name, key: 'k' })).toMatchObject({ metadata: { text: 'three' }, tagCount: 1 });
    expect(await at.states(name, 'single')).toEqual(['sse-kms']);
  });

  it('puts encrypted content back on top of the older one, and a delete marker back on top of all', async () => {
    const name = await at.bucket('tops', 'on');
    await at.put(name, 'newer', 'old');
    await at.put(name, 'newer', 'new', { encrypt: { kind: 'sse-kms', key: 'minio-b', context: { a: 'b' } } });
    for (const text of ['one', 'two']) await at.put(name, 'deleted', text);
    await at.client.remove({ bucket: name, key: 'deleted' });
    const run = await history(name);
    expect(run).toMatchObject({ state: 'ended', counts: { done: 3 }, deleted: 3 });
    expect(await contents(name, 'newer')).toEqual(shas('new', 'old'));
    expect(await at.client.head({ bucket: name, key: 'newer' })).toMatchObject({
      encryption: { state: 'sse-kms', key: 'minio-b' },
      context: { a: 'b' },
    });
    expect(await contents(name, 'deleted')).toEqual(shas('marker', 'two', 'one'));
    expect(await at.states(name, 'deleted')).toEqual(['marker', 'sse-kms', 'sse-kms']);
  });

  it('leaves locked and held versions, and still gives the current object an encrypted version', async () => {
    const name = await at.bucket('locks', 'lock');
    const until = new Date(Date.now() + 86_400_000).toISOString();
    await at.put(name, 'k', 'one');
    await at.put(name, 'k', 'two', { lock: { mode: 'GOVERNANCE', until } });
    await at.put(name, 'k', 'three', { lock: { hold: true } });
    await at.put(name, 'free', 'free');
    const planned = await at.plan(at.prefix(name), kmsTarget, 'history');
    expect(planned.plan?.buckets[0]?.locked).toMatchObject({ versions: 2, holds: 1 });
    await expect(at.handlers['inPlace.start']({ stackId: at.stackId, id: planned.id, typed: 'x' }, at.call)).rejects.toMatchObject({
      code: 'inPlaceTyped',
      details: { name },
    });
    const { jobId } = await at.handlers['inPlace.start']({ stackId: at.stackId, id: planned.id, typed: name }, at.call);
    const run = await at.ended(planned.id, jobId);
    expect(run).toMatchObject({ state: 'ended', counts: { done: 2, locked: 2 }, deleted: 2 });
    expect(await at.states(name, 'k')).toEqual(['sse-kms', 'sse-kms', 'plaintext', 'plaintext']);
    expect(await contents(name, 'k')).toEqual(shas('three', 'one', 'three', 'two'));
    expect(await at.client.legalHold({ bucket: name, key: 'k' })).toBe(true);
    expect(await at.states(name, 'free')).toEqual(['sse-kms']);
  });

  it('refuses a bucket whose versions are suspended, where a copy would replace instead of add', async () => {
    const name = await at.bucket('suspended', 'on');
    await at.put(name, 'k', 'one');
    const body = '<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>';
    await at.signed.demand({ method: 'PUT', path: [name], query: { versioning: '' }, body });
    await expect(at.plan(at.prefix(name), kmsTarget, 'history')).rejects.toMatchObject({ code: 'inPlaceSuspended' });
    await at.put(name, 'null-below', 'null');
    await at.signed.demand({
      method: 'PUT',
      path: [name],
      query: { versioning: '' },
      body: body.replace('Suspended', 'Enabled'),
    });
    await at.put(name, 'null-below', 'newer');
    await at.signed.demand({ method: 'PUT', path: [name], query: { versioning: '' }, body });
    const run = await at.run(at.prefix(name));
    expect(run.counts).toMatchObject({ done: 1, refused: 1 });
    expect((await at.rows(run.id)).find(({ outcome }) => outcome === 'refused')?.error?.code).toBe('inPlaceNullVersion');
    expect(await contents(name, 'null-below')).toEqual(shas('newer', 'null'));
    expect((await contents(name, 'k')).every((sha) => sha === shaOf('one'))).toBe(true);
  });

  it('keeps what somebody writes meanwhile on top, and does not touch it', async () => {
    const name = await at.bucket('busy', 'on');
    for (let n = 0; n < 20; n++) await at.put(name, 'k', `old ${n}`);
    const planned = await at.plan(at.prefix(name), kmsTarget, 'history');
    const { jobId } = await at.handlers['inPlace.start']({ stackId: at.stackId, id: planned.id, typed: name }, at.call);
    await at.until(planned.id, ({ state }) => state === 'running');
    for (let tries = 0; (await at.client.versions(name, 'k')).every(({ encryption }) => encryption?.state === 'plaintext'); tries++)
      if (tries > 1000) throw new Error('it does not begin');
    await at.put(name, 'k', 'mine', { encrypt: { kind: 'sse-s3' } });
    const run = await at.ended(planned.id, jobId);
    expect(run).toMatchObject({ state: 'ended', counts: { done: 20 } });
    const all = await contents(name, 'k');
    expect(all[0]).toBe(shaOf('mine'));
    expect(new Set(all)).toEqual(new Set(shas('mine', ...Array.from({ length: 20 }, (_, n) => `old ${n}`))));
    expect((await at.states(name, 'k')).includes('plaintext')).toBe(false);
  });
});
