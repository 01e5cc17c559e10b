import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../../electron/rpc/client.ts';
import type { EncryptionChoice } from '../../shared/encryption.ts';
import type { InPlace } from '../../shared/inPlace.ts';
import type { JobSnapshot } from '../../shared/jobs.ts';
import type { Upload } from '../../shared/uploads.ts';
import { type BenchServers, benchKey, root } from '../audit/servers.ts';
import { endEngine, startEngine } from '../engine.ts';
import type { Kind } from './peers.ts';

export interface Ours {
  /** Of the engine's process. */
  readonly pid: number;
  /** From the order to the last object read back. Throws unless every file landed as meant. */
  upload(paths: readonly string[], bucket: string, kind: Kind): Promise<number>;
  download(bucket: string, key: string, folder: string): Promise<number>;
  /** Plan and run for all plaintext of a bucket; throws unless each became SSE-KMS. */
  encrypt(bucket: string, objects: number): Promise<number>;
  /** An address that opens the window once. */
  open(): Promise<string>;
  end(): Promise<void>;
}

/** The engine as built, a process of its own on a data folder of that name, with a stack whose MinIO is the one that is measured. */
export async function startOurs(folder: string, name: string, servers: BenchServers): Promise<Ours> {
  const data = join(folder, name);
  await mkdir(data, { recursive: true });
  const engine = await startEngine(data);
  const { client } = engine;
  const stackId = await connect(
    client,
    join(folder, `${name}-stack`),
    (await servers.endpoint(0)).url,
    await readFile(servers.caFile, 'utf8'),
  );
  const jobs = watchJobs(client);
  return {
    pid: engine.child.pid ?? 0,
    async upload(paths, bucket, kind) {
      const begin = performance.now();
      const { id } = await client.call('uploads.stage', { stackId, bucket });
      const staged = await client.call('uploads.addPaths', { stackId, id, paths: [...paths] });
      const started = { stackId, id, choice: choiceOf(kind), onConflict: 'replace' } as const;
      await jobs.end((await client.call('uploads.start', started)).jobId);
      const seconds = (performance.now() - begin) / 1000;
      const { uploads } = await client.call('uploads.list', { stackId });
      expectAll(
        uploads.find((one) => one.id === id),
        staged.files,
      );
      await client.call('uploads.remove', { stackId, id });
      return seconds;
    },
    async download(bucket, key, to) {
      const begin = performance.now();
      const { jobId } = await client.call('objects.downloadTo', { stackId, bucket, keys: [key], folder: to, onConflict: 'replace' });
      await jobs.end(jobId);
      return (performance.now() - begin) / 1000;
    },
    async encrypt(bucket, objects) {
      const begin = performance.now();
      const scope = { from: 'prefix', bucket, prefix: '' } as const;
      const { jobId, id } = await client.call('inPlace.plan', { stackId, scope, target: choiceOf('sse-kms') });
      await jobs.end(jobId);
      await jobs.end((await client.call('inPlace.start', { stackId, id })).jobId);
      const seconds = (performance.now() - begin) / 1000;
      const run: InPlace = await client.call('inPlace.get', { stackId, id });
      if (run.counts.done !== objects) throw new Error(`encrypted ${JSON.stringify(run.counts)} of ${objects} objects`);
      return seconds;
    },
    open: async () => (await client.call('app.open', {})).url,
    end: () => endEngine(engine),
  };
}

const choiceOf = (kind: Kind): EncryptionChoice => (kind === 'plain' ? { kind: 'rule' } : { kind: 'sse-kms', key: benchKey });

function expectAll(upload: Upload | undefined, files: number): void {
  if (upload?.phase === 'ended' && upload.counts.done === files && files > 0) return;
  throw new Error(
    `the upload of ${files} files ended as ${upload?.phase}: ${JSON.stringify(upload?.counts)}, ${JSON.stringify(upload?.error)}`,
  );
}

/** As *Connect to servers* does it: MinIO alone, by API, and what may be changed there is. */
async function connect(client: Client, folder: string, url: string, ca: string): Promise<string> {
  await client.call('store.create', { mode: 'practice' });
  const { place } = await client.call('setup.propose', { folder, name: 'Bench objects' });
  const none = { way: 'none' } as const;
  const servers = { vault: none, kes: none, minio: { way: 'api', url } } as const;
  const { stackId } = await client.call('setup.create', { place: { ...place, servers }, mode: 'guided' });
  await client.call('connect.save', {
    stackId,
    kind: 'minio',
    url,
    trust: { kind: 'file', pem: ca },
    credential: { kind: 'minioKeys', accessKey: root.user, secretKey: root.password },
    defaultKey: 'minio-default',
  });
  await client.call('connect.finish', { stackId });
  await client.call('stacks.readOnly', { id: stackId, readOnly: false });
  return stackId;
}

/** A job may have ended before its id is known here: they are watched from the start. */
function watchJobs(client: Client): { end(jobId: string): Promise<void> } {
  const seen = new Map<string, JobSnapshot>();
  client.on('jobs.changed', (job) => void seen.set(job.id, job));
  return {
    async end(jobId) {
      for (;;) {
        const job = seen.get(jobId);
        if (job && job.state !== 'running') {
          if (job.state !== 'succeeded') throw new Error(`${job.title.code} ${job.state}: ${JSON.stringify(job.error)}`);
          return;
        }
        await pause(2);
      }
    },
  };
}
