import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { testSecrets } from '../../clients/chain.testSupport.ts';
import { startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { startNetwork } from '../../clients/s3/network.testSupport.ts';
import { createObjectClient } from '../../clients/s3/objectClient.ts';
import type { ObjectClient } from '../../clients/s3/objectTypes.ts';
import { createSignedClient } from '../../clients/s3/signedClient.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { type ServedUploads, serveUploads } from './service.testSupport.ts';

const ran = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const count = 400;

describe('an upload to a real MinIO whose own record cannot be kept', () => {
  let stack: TestStack;
  let network: Awaited<ReturnType<typeof startNetwork>>;
  let direct: ObjectClient;
  let access: StackAccess;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.operator.createKey('minio-default');
    const endpoint = await startMinio(stack);
    network = await startNetwork(Number(new URL(endpoint.url).port));
    const url = `https://127.0.0.1:${network.port}`;
    access = {
      ...stack.context,
      secrets: testSecrets([['minio.root', new Secret(JSON.stringify({ user: 'test-root', password: 'test-password' }))]]),
      get stack() {
        const [cluster] = stack.context.stack.minioClusters;
        if (!cluster) throw new Error('the stack has no MinIO');
        return { ...stack.context.stack, minioClusters: [{ ...cluster, nodes: cluster.nodes.map((node) => ({ ...node, url })) }] };
      },
    };
    direct = createObjectClient(endpoint);
    const s3 = createSignedClient(endpoint);
    await s3.demand({ method: 'PUT', path: ['versioned'] });
    const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await s3.demand({ method: 'PUT', path: ['versioned'], query: { versioning: '' }, body });
    await s3.close();
  });
  afterAll(async () => {
    await direct?.close();
    await network?.stop();
    await stack?.stop();
  });

  /** Begins to send small files through a slow network, in an engine's part with this data folder. */
  async function began(dataFolder: string, name: string): Promise<{ uploads: ServedUploads; id: string; job: { jobId: string } }> {
    const folder = stack.context.folder.path(`sources/${name}`);
    await mkdir(folder, { recursive: true });
    for (let n = 0; n < count; n++) await writeFile(join(folder, `${n}`), randomBytes(3000));
    const uploads = await serveUploads(access, dataFolder);
    const id = await uploads.stage('versioned');
    await uploads.addPaths(id, [folder]);
    network.limit(5e4);
    const job = await uploads.start(id, { kind: 'sse-kms', key: 'minio-default' });
    await uploads.until(id, ({ counts }) => (counts.done ?? 0) > 10);
    return { uploads, id, job };
  }

  it('as the disk of this machine is full, stops with that reason, and goes on once there is room', async (context) => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'sealdeck-full-'));
    if (process.platform !== 'linux' || !ran('mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dataFolder)) return context.skip('no tmpfs');
    try {
      const { uploads, id, job } = await began(dataFolder, 'full');
      const filler = join(dataFolder, 'filler');
      for (let bytes = 8 * 1024 ** 2; bytes >= 1024; bytes /= 2)
        await writeFile(filler, Buffer.alloc(bytes), { flag: 'a' }).catch(() => undefined);
      network.limit(Number.POSITIVE_INFINITY);
      expect(await uploads.wait(job)).toMatchObject({ state: 'failed', error: { code: 'uploadDiskFull' } });
      expect(await uploads.get(id)).toMatchObject({ phase: 'paused', error: { code: 'uploadDiskFull' } });
      // What a window saw last, without asking.
      expect(uploads.seen.at(-1)).toMatchObject({ id, phase: 'paused', error: { code: 'uploadDiskFull' } });
      await rm(filler);
      await uploads.wait(await uploads.resume(id));
      expect(await uploads.get(id)).toMatchObject({ phase: 'ended', counts: { done: count } });
      for (const { key } of await uploads.items(id)) expect(await direct.versions('versioned', key), key).toHaveLength(1);
      await uploads.stop(true);
    } finally {
      ran('umount', '-l', dataFolder);
      await rm(dataFolder, { recursive: true, force: true });
    }
  });

  it('as somebody deletes it, stops with that reason, and the engine works on', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'sealdeck-deleted-'));
    const { uploads, id, job } = await began(dataFolder, 'deleted');
    const folder = join(dataFolder, 'stacks', uploads.stackId, 'uploads');
    for (const name of await readdir(folder)) await rm(join(folder, name));
    network.limit(Number.POSITIVE_INFINITY);
    const ended = await uploads.wait(job);
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'uploadFileGone' } });
    expect(uploads.seen.at(-1)).toMatchObject({ id, phase: 'paused', error: { code: 'uploadFileGone' } });
    const other = await uploads.stage('versioned');
    expect(await uploads.get(other)).toMatchObject({ phase: 'staged' });
    await uploads.stop();
  });
});
