import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { testSecrets } from '../../clients/chain.testSupport.ts';
import { runWithMc, startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { startNetwork } from '../../clients/s3/network.testSupport.ts';
import { createObjectClient } from '../../clients/s3/objectClient.ts';
import type { ObjectClient } from '../../clients/s3/objectTypes.ts';
import { createSignedClient, type S3Endpoint } from '../../clients/s3/signedClient.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { type ServedUploads, serveUploads } from './service.testSupport.ts';
import { partBytes } from './sizes.ts';

type Files = Record<string, Buffer>;

describe('an upload to a real MinIO through a network that can be cut', () => {
  let stack: TestStack;
  let endpoint: S3Endpoint;
  let network: Awaited<ReturnType<typeof startNetwork>>;
  let uploads: ServedUploads;
  /** Asks the server itself, around that network. */
  let direct: ObjectClient;
  const secrets = testSecrets();
  const root = new Secret(JSON.stringify({ user: 'test-root', password: 'test-password' }));
  let folders = 0;

  beforeAll(async () => {
    stack = await startTestStack();
    for (const key of ['minio-default', 'minio-mortal']) await stack.operator.createKey(key);
    endpoint = await startMinio(stack);
    network = await startNetwork(Number(new URL(endpoint.url).port));
    await secrets.set('minio.root', root);
    const url = `https://127.0.0.1:${network.port}`;
    const access: StackAccess = {
      ...stack.context,
      secrets,
      get stack() {
        const [cluster] = stack.context.stack.minioClusters;
        if (!cluster) throw new Error('the stack has no MinIO');
        return { ...stack.context.stack, minioClusters: [{ ...cluster, nodes: cluster.nodes.map((node) => ({ ...node, url })) }] };
      },
    };
    uploads = await serveUploads(access);
    direct = createObjectClient(endpoint);
    const s3 = createSignedClient(endpoint);
    await s3.demand({ method: 'PUT', path: ['plain'] });
    await s3.demand({ method: 'PUT', path: ['versioned'] });
    const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await s3.demand({ method: 'PUT', path: ['versioned'], query: { versioning: '' }, body });
    await s3.close();
  });
  afterAll(async () => {
    await uploads?.stop();
    await direct?.close();
    await network?.stop();
    await stack?.stop();
  });

  const small = (count: number): Files =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`small-${n}.bin`, randomBytes(3000)]));

  /** Writes the files into a folder of their own and stages it; keys begin with the folder's name. */
  async function staged(bucket: string, files: Files): Promise<{ id: string; name: string }> {
    const name = `files-${++folders}`;
    const folder = stack.context.folder.path(`sources/${name}`);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    const id = await uploads.stage(bucket);
    await uploads.addPaths(id, [folder]);
    return { id, name };
  }

  /** Every file is there once, encrypted under the key, with its own content, and the server holds no parts. */
  async function expectWhole(bucket: string, name: string, files: Files, key: string): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      const at = { bucket, key: `${name}/${path}` };
      const { facts, body } = await direct.get(at);
      expect((await buffer(body)).equals(content), path).toBe(true);
      expect(facts.encryption).toEqual({ state: 'sse-kms', key });
      if (bucket === 'versioned') expect(await direct.versions(bucket, at.key), path).toHaveLength(1);
    }
    expect(await direct.listUploads(bucket, '')).toEqual([]);
  }

  it('waits where the network is cut, and goes on with nothing lost and nothing written twice', async () => {
    const files = { 'large.bin': randomBytes(3 * partBytes + 12_345), ...small(400) };
    const { id, name } = await staged('versioned', files);
    network.limit(1e6);
    const started = await uploads.start(id, { kind: 'sse-kms', key: 'minio-default' });
    await uploads.until(id, ({ counts }) => (counts.done ?? 0) > 10);
    network.loseAnswers();
    await sleep(300);
    network.cut();
    const waiting = await uploads.until(id, ({ error }) => error !== undefined);
    expect(waiting).toMatchObject({ phase: 'running', error: { code: 'uploadWaitsForServer' } });
    network.heal();
    network.limit(Number.POSITIVE_INFINITY);
    expect((await uploads.wait(started)).state).toBe('succeeded');
    expect((await uploads.items(id)).filter(({ state }) => state !== 'done')).toEqual([]);
    expect(await uploads.get(id)).toMatchObject({ phase: 'ended', counts: { done: 401 } });
    await expectWhole('versioned', name, files, 'minio-default');
  });

  it('waits while MinIO restarts', async () => {
    const files = { 'large.bin': randomBytes(2 * partBytes + 1), ...small(80) };
    const { id, name } = await staged('versioned', files);
    network.limit(6e6);
    const started = await uploads.start(id, { kind: 'sse-kms', key: 'minio-default' });
    await uploads.until(id, ({ sent }) => sent > partBytes / 2);
    await stack.context.servers.stop('minio');
    expect((await uploads.until(id, ({ error }) => error !== undefined)).error?.code).toBe('uploadWaitsForServer');
    await startMinio(stack);
    network.limit(Number.POSITIVE_INFINITY);
    await uploads.wait(started);
    expect((await uploads.items(id)).filter(({ state }) => state !== 'done')).toEqual([]);
    expect(await uploads.get(id)).toMatchObject({ phase: 'ended', counts: { done: 81 } });
    await expectWhole('versioned', name, files, 'minio-default');
  });

  it('waits while KES is away, says that it is KES, and writes nothing plain meanwhile', async () => {
    const files = small(400);
    const { id, name } = await staged('plain', files);
    network.limit(1e6);
    const started = await uploads.start(id, { kind: 'sse-kms', key: 'minio-default' });
    await uploads.until(id, ({ counts }) => (counts.done ?? 0) > 10);
    await stack.kes.pause();
    const waiting = await uploads.until(id, ({ error }) => error !== undefined);
    expect(waiting).toMatchObject({ phase: 'running', error: { code: 'uploadWaitsForKms' } });
    await stack.kes.goOn();
    network.limit(Number.POSITIVE_INFINITY);
    await uploads.wait(started);
    expect(await uploads.get(id)).toMatchObject({ phase: 'ended', counts: { done: 400 } });
    await expectWhole('plain', name, files, 'minio-default');
  });

  it('is refused before anything is sent while KES is away', async () => {
    const { id, name } = await staged('plain', small(2));
    await stack.kes.pause();
    try {
      await expect(uploads.start(id, { kind: 'sse-kms', key: 'minio-default' })).rejects.toMatchObject({ code: 'uploadRefusedKey' });
    } finally {
      await stack.kes.goOn();
    }
    expect(await uploads.get(id)).toMatchObject({ phase: 'staged', sent: 0 });
    await expect(direct.head({ bucket: 'plain', key: `${name}/small-0.bin` })).rejects.toMatchObject({ code: 'objectMissing' });
  });

  it('stops where its key is deleted meanwhile, and sends the rest under another one', async () => {
    const files = small(400);
    const { id } = await staged('plain', files);
    network.limit(1e6);
    const started = await uploads.start(id, { kind: 'sse-kms', key: 'minio-mortal' });
    await uploads.until(id, ({ counts }) => (counts.done ?? 0) > 10);
    await stack.operator.deleteKey('minio-mortal');
    await uploads.wait(started);
    const stopped = await uploads.get(id);
    // What is met first: an object that was just written and does not open any more, or one that cannot be written.
    expect(['alarm', 'paused']).toContain(stopped.phase);
    expect((stopped.alarm?.item.error ?? stopped.error)?.code).toBe('kmsKeyNotFound');
    network.limit(Number.POSITIVE_INFINITY);
    await uploads.wait(await uploads.resume(id, { choice: { kind: 'sse-kms', key: 'minio-default' } }));
    const items = await uploads.items(id);
    expect((await uploads.get(id)).phase).toBe('ended');
    for (const { key, landed } of items) {
      const { encryption } = await direct.head({ bucket: 'plain', key });
      expect(encryption.state, key).toBe('sse-kms');
      if (landed !== undefined) expect(landed).toEqual(encryption);
    }
  });

  it('stops at a credential that is revoked, and goes on once it is back', async () => {
    const login = [
      `mkdir -p .mc/certs/CAs && cp '${stack.context.folder.path('certs/ca.crt')}' .mc/certs/CAs/`,
      `mc -q alias set m ${endpoint.url} test-root test-password`,
    ];
    const made = await runWithMc(stack, [
      ...login,
      'mc -q admin user add m uploader uploader-password',
      'mc -q admin policy attach m readwrite --user uploader',
    ]);
    expect(made.code, made.output).toBe(0);
    await secrets.set('minio.root', new Secret(JSON.stringify({ user: 'uploader', password: 'uploader-password' })));
    try {
      const files = small(400);
      const { id, name } = await staged('versioned', files);
      network.limit(1e6);
      const started = await uploads.start(id, { kind: 'sse-kms', key: 'minio-default' });
      await uploads.until(id, ({ counts }) => (counts.done ?? 0) > 10);
      await runWithMc(stack, ['mc -q admin user disable m uploader']);
      await uploads.wait(started);
      const stopped = await uploads.get(id);
      // For a moment MinIO knows the user and none of its rights; what it wrote just then cannot be read back.
      const why = stopped.phase === 'alarm' ? stopped.alarm?.item.error?.code : stopped.error?.code;
      expect([stopped.phase, why]).toEqual(
        stopped.phase === 'alarm' ? ['alarm', 'minioAccessDenied'] : ['paused', 'minioCredentialRefused'],
      );
      network.limit(Number.POSITIVE_INFINITY);
      await runWithMc(stack, ['mc -q admin user enable m uploader']);
      await uploads.wait(await uploads.resume(id, { again: true }));
      expect(await uploads.get(id)).toMatchObject({ phase: 'ended', counts: { done: 400 } });
      await expectWhole('versioned', name, files, 'minio-default');
    } finally {
      await secrets.set('minio.root', root);
    }
  });

  it('to the same names at the same time sends each name once, and tells the other one that it is busy', async () => {
    const [first, second] = [randomBytes(2 * partBytes), randomBytes(2 * partBytes)];
    const one = await staged('plain', { 'same.bin': first });
    const folder = stack.context.folder.path('sources/again');
    await mkdir(join(folder, one.name), { recursive: true });
    await writeFile(join(folder, one.name, 'same.bin'), second);
    const otherId = await uploads.stage('plain');
    await uploads.addPaths(otherId, [join(folder, one.name)]);
    network.limit(6e6);
    const choice = { kind: 'sse-kms', key: 'minio-default' } as const;
    const started = await uploads.start(one.id, choice, 'replace');
    await uploads.until(one.id, ({ sent }) => sent > 0);
    await uploads.wait(await uploads.start(otherId, choice, 'replace'));
    expect((await uploads.items(otherId))[0]).toMatchObject({ state: 'failed', error: { code: 'uploadNameBusy' } });
    network.limit(Number.POSITIVE_INFINITY);
    await uploads.wait(started);
    await expectWhole('plain', one.name, { 'same.bin': first }, 'minio-default');
    await uploads.wait(await uploads.resume(otherId, { again: true }));
    await expectWhole('plain', one.name, { 'same.bin': second }, 'minio-default');
  });

  it('leaves what another program wrote meanwhile under a name that was free, and keeps no parts', async () => {
    const { id, name } = await staged('plain', { 'taken.bin': randomBytes(2 * partBytes) });
    network.limit(6e6);
    const started = await uploads.start(id, { kind: 'sse-kms', key: 'minio-default' });
    await uploads.until(id, ({ sent }) => sent > partBytes / 2);
    const theirs = randomBytes(1000);
    await direct.put({ bucket: 'plain', key: `${name}/taken.bin` }, theirs, { encrypt: { kind: 'sse-kms', key: 'minio-default' } });
    network.limit(Number.POSITIVE_INFINITY);
    await uploads.wait(started);
    expect((await uploads.items(id))[0]).toMatchObject({ state: 'skipped' });
    await expectWhole('plain', name, { 'taken.bin': theirs }, 'minio-default');
  });

  it('keeps names apart that differ only in case or in the form of their letters', async () => {
    const files = {
      'Akte.txt': randomBytes(10),
      'akte.txt': randomBytes(11),
      'caf\u00e9.txt': randomBytes(12),
      'cafe\u0301.txt': randomBytes(13),
    };
    const { id, name } = await staged('plain', files);
    await uploads.wait(await uploads.start(id, { kind: 'sse-kms', key: 'minio-default' }));
    expect(await uploads.get(id)).toMatchObject({ phase: 'ended', counts: { done: 4 }, conflicts: 0 });
    await expectWhole('plain', name, files, 'minio-default');
  });
});
