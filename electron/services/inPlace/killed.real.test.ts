import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InPlace } from '../../../shared/inPlace.ts';
import { readRoot } from '../../clients/s3/forStack.ts';
import { type InPlaceTest, kmsTarget, shaOf, startInPlace } from './inPlace.testSupport.ts';

const child = join(import.meta.dirname, 'runChild.testSupport.ts');

describe('a run that is killed again and again, on a real MinIO with KES', () => {
  let at: InPlaceTest;
  beforeAll(async () => {
    at = await startInPlace();
  });
  afterAll(() => at?.stop());

  /** Works for so many ms in a process that is killed then. */
  async function killedAfter(
    of: { id: string; typed: string; atMostPerSecond: number; diesBefore?: 'settle' | 'copied' },
    ms: number,
  ): Promise<void> {
    const { context } = at.stack;
    const worker = spawn(process.execPath, [child], { stdio: ['pipe', 'pipe', 'inherit'] });
    const exit = once(worker, 'exit');
    worker.stdin.end(
      JSON.stringify({
        ...{ stack: context.stack, root: context.folder.path('.'), dataFolder: at.dataFolder, ...of },
        credential: JSON.stringify(readRoot(context)),
      }),
    );
    for await (const line of createInterface({ input: worker.stdout })) if (line === 'begun') break;
    await Promise.race([wait(ms), exit]);
    worker.kill('SIGKILL');
    await exit;
  }

  /** Killed four times in the middle, then left alone. */
  async function toTheEnd(id: string, typed: string, atMostPerSecond: number): Promise<InPlace> {
    for (const ms of [120, 200, 280, 360]) {
      await killedAfter({ id, typed, atMostPerSecond }, ms);
      expect((await at.handlers['inPlace.get']({ stackId: at.stackId, id }, at.call)).state).toBe('interrupted');
    }
    const { jobId } = await at.handlers['inPlace.resume']({ stackId: at.stackId, id }, at.call);
    return at.ended(id, jobId);
  }

  it.each(['settle', 'copied'] as const)(
    'goes on after a kill between what was done and its note (%s), without doing it twice',
    async (diesBefore) => {
      const name = await at.bucket(`note-${diesBefore}`, 'on');
      const keys = Array.from({ length: 12 }, (_, n) => `k${n}`);
      for (const text of ['old', 'new']) await Promise.all(keys.map((key) => at.put(name, key, `${key} ${text}`)));
      const { id } = await at.plan(at.prefix(name), kmsTarget, 'history');
      await killedAfter({ id, typed: name, atMostPerSecond: 1000, diesBefore }, 60_000);
      expect((await Promise.all(keys.map((key) => at.states(name, key)))).flat()).toContain('sse-kms');
      const { jobId } = await at.handlers['inPlace.resume']({ stackId: at.stackId, id }, at.call);
      expect(await at.ended(id, jobId)).toMatchObject({ state: 'ended', counts: { done: 24 }, deleted: 24 });
      for (const key of keys) {
        const versions = await at.client.versions(name, key);
        const shas = await Promise.all(versions.map(({ versionId }) => at.sha({ bucket: name, key, versionId })));
        expect(shas, key).toEqual([shaOf(`${key} new`), shaOf(`${key} old`)]);
      }
    },
  );

  it('copies no current object again whose copy was not noted', async () => {
    const name = await at.bucket('note-current', 'on');
    const keys = Array.from({ length: 40 }, (_, n) => `k${n}`);
    await Promise.all(keys.map((key) => at.put(name, key, `content of ${key}`)));
    const { id } = await at.plan(at.prefix(name));
    await killedAfter({ id, typed: '', atMostPerSecond: 1000, diesBefore: 'settle' }, 60_000);
    const copied = (await Promise.all(keys.map((key) => at.states(name, key)))).filter((states) => states.length > 1);
    expect(copied.length).toBeGreaterThan(0);
    const { jobId } = await at.handlers['inPlace.resume']({ stackId: at.stackId, id }, at.call);
    expect((await at.ended(id, jobId)).counts).toEqual({ done: 40 });
    const all = await Promise.all(keys.map((key) => at.states(name, key)));
    expect(all.filter((states) => states.join() !== 'sse-kms,plaintext')).toEqual([]);
  });

  it('copies no current object twice and loses none', async () => {
    const name = await at.bucket('many', 'on');
    const keys = Array.from({ length: 240 }, (_, n) => `k${n}`);
    await Promise.all(keys.map((key) => at.put(name, key, `content of ${key}`)));
    const { id } = await at.plan(at.prefix(name));
    const run = await toTheEnd(id, '', 120);
    expect(run.counts).toEqual({ done: 240 });
    const versions = await Promise.all(keys.map((key) => at.states(name, key)));
    expect(versions.filter((states) => states.join() !== 'sse-kms,plaintext')).toEqual([]);
    const shas = await Promise.all(keys.map((key) => at.sha({ bucket: name, key })));
    expect(shas).toEqual(keys.map((key) => shaOf(`content of ${key}`)));
  });

  it('rewrites history without losing a version, doubling one, or leaving an older one on top', async () => {
    const name = await at.bucket('past', 'on');
    const keys = Array.from({ length: 8 }, (_, n) => `k${n}`);
    const texts = Array.from({ length: 5 }, (_, n) => `version ${n}`);
    for (const text of texts) await Promise.all(keys.map((key) => at.put(name, key, `${key} ${text}`)));
    // Every third has encrypted content on top, every third a delete marker.
    for (const [n, key] of keys.entries()) {
      if (n % 3 === 1) await at.put(name, key, `${key} top`, { encrypt: { kind: 'sse-kms', key: 'minio-b' } });
      if (n % 3 === 2) await at.client.remove({ bucket: name, key });
    }
    const { id } = await at.plan(at.prefix(name), kmsTarget, 'history');
    const run = await toTheEnd(id, name, 5);

    expect(run).toMatchObject({ counts: { done: 40 }, deleted: 40 });
    for (const [n, key] of keys.entries()) {
      const found: string[] = [];
      for (const { versionId, deleteMarker, encryption } of await at.client.versions(name, key)) {
        if (!deleteMarker) expect(encryption?.state).toBe('sse-kms');
        found.push(deleteMarker ? 'marker' : await at.sha({ bucket: name, key, versionId }));
      }
      const [top] = found;
      const expected = texts.map((text) => shaOf(`${key} ${text}`)).reverse();
      if (n % 3 === 2) expect(top).toBe('marker');
      if (n % 3 === 1) expect(top).toBe(shaOf(`${key} top`));
      const rest = found.filter((one) => one !== 'marker' && one !== shaOf(`${key} top`));
      expect(rest).toEqual(expected);
    }
  });
});
