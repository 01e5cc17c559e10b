import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { turnVersioningOn } from '../../clients/s3/bucketSettings.ts';
import { readRoot } from '../../clients/s3/forStack.ts';
import { startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { createObjectClient } from '../../clients/s3/objectClient.ts';
import type { ObjectClient } from '../../clients/s3/objectTypes.ts';
import { createSignedClient } from '../../clients/s3/signedClient.ts';
import { serveUploads } from './service.testSupport.ts';
import { partBytes } from './sizes.ts';

const bucket = 'killed';

describe('an upload whose engine is killed after the server has an object and before that is noted', () => {
  let stack: TestStack;
  let client: ObjectClient;
  let folder: string;
  let dataFolder: string | undefined;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.operator.createKey('minio-default');
    const endpoint = await startMinio(stack);
    client = createObjectClient(endpoint);
    const signed = createSignedClient(endpoint);
    await signed.demand({ method: 'PUT', path: [bucket] });
    await turnVersioningOn(signed, bucket);
    await signed.close();
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-source-'));
  });
  afterAll(async () => {
    await client?.close();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
    if (dataFolder) await rm(dataFolder, { recursive: true, force: true });
  });

  it.each([
    ['in one piece', 3, 5_000],
    ['in parts', 1, 2 * partBytes + 5_000],
  ])('sends what went %s not again: one version of each, byte by byte the file, and no parts', async (how, count, size) => {
    const prefix = `${how.replaceAll(' ', '-')}/`;
    const files = Array.from({ length: count }, (_, n) => ({ name: `f${n}`, content: randomBytes(size) }));
    for (const { name, content } of files) await writeFile(join(folder, name), content);
    const first = await serveUploads(stack.context, dataFolder);
    ({ dataFolder } = first);
    const id = await first.stage(bucket, prefix);
    await first.addPaths(
      id,
      files.map(({ name }) => join(folder, name)),
    );
    await first.stop(true);

    const child = spawn(process.execPath, [join(import.meta.dirname, 'uploadChild.testSupport.ts')], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const { context } = stack;
    child.stdin.end(
      JSON.stringify({
        stack: context.stack,
        root: context.folder.path('.'),
        dataFolder,
        id,
        credential: JSON.stringify(readRoot(context)),
      }),
    );
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    const there = await Promise.all(files.map(({ name }) => client.versions(bucket, prefix + name)));
    expect(there.flat().length).toBeGreaterThan(0);

    const again = await serveUploads(context, dataFolder);
    await again.wait(await again.resume(id));
    expect(await again.get(id)).toMatchObject({ phase: 'ended', counts: { done: count } });
    for (const { name, content } of files) {
      expect(await client.versions(bucket, prefix + name), name).toHaveLength(1);
      const sha = createHash('sha256').update(await buffer((await client.get({ bucket, key: prefix + name })).body));
      expect(sha.digest('hex')).toBe(createHash('sha256').update(content).digest('hex'));
    }
    expect(await client.listUploads(bucket, prefix)).toEqual([]);
    await again.stop(true);
  });
});
