import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InPlace } from '../../../shared/inPlace.ts';
import { Secret } from '../../../shared/secret.ts';
import { readRoot } from '../../clients/s3/forStack.ts';
import { startMinio } from '../../clients/s3/minio.testSupport.ts';
import { type InPlaceTest, shaOf, startInPlace } from './inPlace.testSupport.ts';

describe('a run whose servers fail, on a real MinIO with KES', () => {
  let at: InPlaceTest;
  beforeAll(async () => {
    at = await startInPlace();
  });
  afterAll(() => at?.stop());

  /** So many objects in a bucket of their own, and a plan for them. */
  async function planned(name: string, count: number): Promise<InPlace> {
    await at.bucket(name);
    await Promise.all(Array.from({ length: count }, (_, n) => at.put(name, `k${n}`, `content ${n}`)));
    return at.plan(at.prefix(name));
  }
  const start = (id: string, atMostPerSecond: number) =>
    at.handlers['inPlace.start']({ stackId: at.stackId, id, atMostPerSecond }, at.call);
  async function whole(name: string, count: number): Promise<void> {
    for (let n = 0; n < count; n++) expect(await at.sha({ bucket: name, key: `k${n}` })).toBe(shaOf(`content ${n}`));
    expect((await at.plan(at.prefix(name))).total).toBe(0);
  }

  it('waits while KES is away and says so, and goes on by itself', async () => {
    const { id } = await planned('kes-away', 30);
    const { jobId } = await start(id, 20);
    await at.until(id, ({ done }) => done >= 3);
    await at.stack.kes.pause();
    const waiting = await at.until(id, ({ waitsFor }) => waitsFor !== undefined);
    expect(waiting).toMatchObject({ state: 'running', waitsFor: { code: 'kmsUnavailable' } });
    await at.stack.kes.goOn();
    expect(await at.ended(id, jobId)).toMatchObject({ state: 'ended', counts: { done: 30 } });
    await whole('kes-away', 30);
  });

  it('waits while MinIO restarts', async () => {
    const { id } = await planned('restart', 30);
    const { jobId } = await start(id, 20);
    await at.until(id, ({ done }) => done >= 3);
    await at.stack.context.servers.stop('minio');
    await at.until(id, ({ waitsFor }) => waitsFor !== undefined);
    await startMinio(at.stack);
    expect(await at.ended(id, jobId)).toMatchObject({ state: 'ended', counts: { done: 30 } });
    await whole('restart', 30);
  });

  it('pauses on demand, at the pace that was asked for, and goes on; a cancelled one is resumed', async () => {
    const { id } = await planned('paused', 30);
    const { jobId } = await start(id, 20);
    await at.until(id, ({ done }) => done >= 2);
    expect(await at.handlers['inPlace.pause']({ stackId: at.stackId, id }, at.call)).toMatchObject({ state: 'paused' });
    await expect(at.handlers['inPlace.remove']({ stackId: at.stackId, id }, at.call)).rejects.toMatchObject({ code: 'inPlaceRunning' });
    // Under another stack's name it is no run: that stack may be changed where this one may not.
    for (const name of ['inPlace.pause', 'inPlace.resume', 'inPlace.cancel', 'inPlace.get'] as const)
      await expect(at.handlers[name]({ stackId: 'foreign', id }, at.call), name).rejects.toMatchObject({ code: 'inPlaceUnknown' });
    const other = await planned('other', 1);
    await expect(start(other.id, 5)).rejects.toMatchObject({ code: 'inPlaceRunning', details: { id } });
    expect(await at.handlers['inPlace.resume']({ stackId: at.stackId, id }, at.call)).toEqual({ jobId });
    await at.until(id, ({ done }) => done >= 8);
    const cancelled = await at.handlers['inPlace.cancel']({ stackId: at.stackId, id }, at.call);
    expect(cancelled.state).toBe('cancelled');
    expect(cancelled.done).toBeLessThan(30);
    const again = await at.handlers['inPlace.resume']({ stackId: at.stackId, id }, at.call);
    expect(await at.ended(id, again.jobId)).toMatchObject({ state: 'ended', counts: { done: 30 } });
    await whole('paused', 30);
  });

  it('is cancelled at once, however slow the pace that was asked for', async () => {
    const { id } = await planned('slow-pace', 3);
    await start(id, 0.005);
    await at.until(id, ({ done }) => done >= 1);
    expect(await at.handlers['inPlace.cancel']({ stackId: at.stackId, id }, at.call)).toMatchObject({ state: 'cancelled', done: 1 });
  });

  it('pauses when the key to encrypt with is gone, and when the credential is refused; nothing is lost', async () => {
    await at.stack.operator.createKey('minio-short');
    await at.bucket('key-gone');
    for (let n = 0; n < 10; n++) await at.put('key-gone', `k${n}`, `content ${n}`);
    const { id } = await at.plan(at.prefix('key-gone'), { kind: 'sse-kms', key: 'minio-short' });
    await at.stack.operator.deleteKey('minio-short');
    const { jobId } = await start(id, 20);
    const paused = await at.until(id, ({ state }) => state === 'paused');
    expect(paused.error?.code).toBe('inPlaceTargetKeyGone');
    await at.stack.operator.createKey('minio-short');
    await at.handlers['inPlace.resume']({ stackId: at.stackId, id }, at.call);
    expect(await at.ended(id, jobId)).toMatchObject({ state: 'ended', counts: { done: 10 } });
    await whole('key-gone', 10);

    const next = await planned('refused', 5);
    const right = JSON.stringify(readRoot(at.stack.context));
    await at.stack.context.secrets.set('minio.root', new Secret(right.replace('test-password', 'wrong-password')));
    const begun = await start(next.id, 20);
    expect((await at.until(next.id, ({ state }) => state === 'paused')).error?.code).toBe('minioCredentialRefused');
    await at.handlers['inPlace.cancel']({ stackId: at.stackId, id: next.id }, at.call);
    await at.stack.context.secrets.set('minio.root', new Secret(right));
    const again = await at.handlers['inPlace.resume']({ stackId: at.stackId, id: next.id }, at.call);
    expect(begun.jobId).not.toBe(again.jobId);
    expect(await at.ended(next.id, again.jobId)).toMatchObject({ state: 'ended', counts: { done: 5 } });
  });
});
