import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EncryptionChoice } from '../../../shared/encryption.ts';
import type { InPlace, InPlaceScope } from '../../../shared/inPlace.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { waitUntil } from '../../clients/kes/kes.testSupport.ts';
import { makeBucket, turnVersioningOn } from '../../clients/s3/bucketSettings.ts';
import { startMinio, startTestStack } from '../../clients/s3/minio.testSupport.ts';
import { createObjectClient } from '../../clients/s3/objectClient.ts';
import type { At, WriteOptions } from '../../clients/s3/objectTypes.ts';
import { createSignedClient } from '../../clients/s3/signedClient.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import type { CallContext } from '../../rpc/connection.ts';
import { createInPlace } from './handlers.ts';
import type { AuditSeen } from './plan.ts';

const call: CallContext = { signal: new AbortController().signal, host: 'cli' };
export const plain: WriteOptions = { encrypt: { kind: 'rule' } };
export const kmsTarget: EncryptionChoice = { kind: 'sse-kms', key: 'minio-a' };

/** For tests: a real MinIO with KES and an engine's part for runs, in a data folder of its own. */
export async function startInPlace() {
  const stack = await startTestStack();
  for (const key of ['minio-default', 'minio-a', 'minio-b']) await stack.operator.createKey(key);
  const endpoint = await startMinio(stack);
  const client = createObjectClient(endpoint);
  const signed = createSignedClient(endpoint);
  const dataFolder = await mkdtemp(join(tmpdir(), 'sealdeck-in-place-'));
  const told: InPlace[] = [];
  const errors: unknown[] = [];
  const log = { info: () => undefined, error: (...words: unknown[]) => errors.push(words) };
  const jobs = createJobRunner(() => undefined, log);
  let audited: AuditSeen[] = [];
  const stackId = stack.context.stack.id;

  const serve = () =>
    createInPlace({
      open: async () => stack.context,
      publish: (name, payload) => {
        if (name === 'inPlace.changed') told.push(structuredClone(payload) as InPlace);
      },
      jobs,
      log,
      dataFolder,
      async *auditRows() {
        yield audited;
      },
    });
  const service = serve();
  const { handlers } = service;

  async function bucket(name: string, kind: 'off' | 'on' | 'lock' | 'suspended' = 'off'): Promise<string> {
    // Just after its start MinIO may say that it is not ready yet.
    await waitUntil(() =>
      makeBucket(signed, name, { lock: kind === 'lock' }).then(
        () => true,
        (error: unknown) => {
          if (isAppError(error, 'minioNotReady')) return false;
          throw error;
        },
      ),
    );
    if (kind === 'on' || kind === 'suspended') await turnVersioningOn(signed, name);
    return name;
  }

  async function plan(scope: InPlaceScope, target: EncryptionChoice = kmsTarget, mode: InPlace['mode'] = 'current'): Promise<InPlace> {
    const { id, jobId } = await handlers['inPlace.plan']({ stackId, scope, target, mode }, call);
    const job = await jobs.wait(jobId);
    if (job.state !== 'succeeded') throw AppError.of(job.error ?? { code: 'cancelled' });
    return (await handlers['inPlace.get']({ stackId, id }, call)) as InPlace;
  }

  async function ended(id: string, jobId: string): Promise<InPlace> {
    await jobs.wait(jobId);
    return (await handlers['inPlace.get']({ stackId, id }, call)) as InPlace;
  }

  return {
    ...{ stack, stackId, endpoint, client, signed, handlers, service, jobs, told, errors, dataFolder, call, bucket, plan, ended },
    setAudited(rows: AuditSeen[]) {
      audited = rows;
    },
    prefix: (name: string, prefix = ''): InPlaceScope => ({ from: 'prefix', bucket: name, prefix }),
    /** Plans and runs to the end. */
    async run(scope: InPlaceScope, target: EncryptionChoice = kmsTarget, mode: InPlace['mode'] = 'current'): Promise<InPlace> {
      const planned = await plan(scope, target, mode);
      const typed = planned.plan?.buckets[0]?.bucket;
      const { jobId } = await handlers['inPlace.start']({ stackId, id: planned.id, ...(typed ? { typed } : {}) }, call);
      return ended(planned.id, jobId);
    },
    async rows(id: string) {
      return (await handlers['inPlace.rows']({ stackId, id, offset: 0, limit: 500 }, call)).rows;
    },
    async until(id: string, fits: (run: InPlace) => boolean): Promise<InPlace> {
      for (const end = Date.now() + 30_000; Date.now() < end; await sleep(20)) {
        const run = (await handlers['inPlace.get']({ stackId, id }, call)) as InPlace;
        if (fits(run)) return run;
      }
      throw new Error('it did not come to that in time');
    },
    put: (name: string, key: string, content: string | Buffer, options: Partial<WriteOptions> = {}) =>
      client.put({ bucket: name, key }, Buffer.from(content), { ...plain, ...options }),
    async sha(at: At, customerKey?: Secret): Promise<string> {
      const { body } = await client.get(at, { customerKey });
      const hash = createHash('sha256');
      for await (const chunk of body as AsyncIterable<Buffer>) hash.update(chunk);
      return hash.digest('hex');
    },
    /** State of every version of a name, newest first. */
    async states(name: string, key: string): Promise<string[]> {
      const versions = await client.versions(name, key);
      return versions.map(({ deleteMarker, encryption }) => (deleteMarker ? 'marker' : (encryption?.state ?? 'unknown')));
    },
    async stop() {
      await service.close();
      await Promise.all([client.close(), signed.close()]);
      await stack.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
export type InPlaceTest = Awaited<ReturnType<typeof startInPlace>>;

export const shaOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
