import { setTimeout as pause } from 'node:timers/promises';
import type { MinioInput } from '../../../shared/minio.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { MinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import { refused } from '../../clients/s3/failures.ts';
import type { StackAccess, StepContext } from '../../jobs/step.ts';
import { differences, type Environment } from './environment.ts';
import { launchSpec, minioUrl } from './settings.ts';
import { startFailure } from './startFailure.ts';

export type Change = 'start' | 'restart' | 'stopStart' | 'none';

/** Asks KES for an operation with a real key. */
export type KesWorks = (access: StackAccess) => Promise<boolean>;

const readySeconds = 60;

/** What has to happen so that MinIO runs with these settings. A MinIO that cannot be asked is stopped and started. */
export async function changeNeeded(context: StepContext, wanted: Environment): Promise<Change> {
  if ((await context.servers.status('minio')).state !== 'running') return 'start';
  if (!context.secrets.has('minio.root')) return 'stopStart';
  const nodes = await withMinioAdmin(context, (admin) => admin.nodes()).catch(() => undefined);
  if (!nodes?.length) return 'stopStart';
  const found = nodes.map(({ environment }) => differences(environment, wanted));
  if (found.some(({ removed }) => removed.length > 0)) return 'stopStart';
  return found.some(({ changed }) => changed.length > 0) ? 'restart' : 'none';
}

/**
 * Before anything of a running MinIO is touched: waits for the chosen time, and makes sure that it would come back. A
 * MinIO that restarts without its KMS exits and stays down (minio.md 2.4). Throws `minioKesDown`, `cancelled`.
 */
export async function beforeRestart(context: StepContext, input: MinioInput, kesWorks: KesWorks): Promise<void> {
  if (input.restart?.at !== undefined) await waitUntil(context, input.restart.at);
  if (!(await kesWorks(context))) throw new AppError('minioKesDown');
}

/** Makes MinIO run with what its environment file says now. Throws `minioStart…`, `minioNotReady`, `kms…`. */
export async function bringUp(context: StepContext, change: Change): Promise<void> {
  if (change === 'restart') {
    await withMinioAdmin(context, (admin) => admin.restart());
    // It restarts 250 ms after its answer: a ready old process must not be taken for the new one.
    await sleep(1_000, context.signal);
  } else {
    // `start` does nothing when it runs; `none` is also a MinIO that did not get ready before a kill.
    if (change === 'stopStart') await context.servers.stop('minio');
    await start(context);
  }
  await waitReady(context);
  if (change === 'none') return;
  const did = change === 'start' ? say('minioDidStart', { url: minioUrl(context) }) : say('minioDidRestart');
  await context.journal(did);
}

async function start(context: StepContext): Promise<void> {
  try {
    await context.servers.start('minio', 'minio', launchSpec(context));
  } catch (error) {
    if (isAppError(error, 'serverDied')) throw startFailure(await context.servers.lastLines('minio', 60));
    throw error;
  }
}

async function waitReady(context: StepContext): Promise<void> {
  context.report({ note: say('minioWaitReady') });
  await withMinioAdmin(context, async (admin) => {
    const end = Date.now() + readySeconds * 1000;
    let refusals = 0;
    for (;;) {
      const answer = await readiness(admin, context.signal);
      if (answer.ready) return;
      if ((await context.servers.status('minio')).state !== 'running') throw startFailure(await context.servers.lastLines('minio', 60));
      // The KMS was reached and says no: waiting does not help. Once may be a moment of the start.
      refusals = answer.code.startsWith('kms:') ? refusals + 1 : 0;
      if (refusals > 3) throw refused({ ...answer, message: '', where: admin.host });
      if (Date.now() > end) throw new AppError('minioNotReady', { where: admin.host, code: answer.code });
      await sleep(300, context.signal);
    }
  });
}

async function readiness(admin: MinioAdmin, signal: AbortSignal): Promise<{ ready: boolean; status: number; code: string }> {
  try {
    return await admin.ready(signal);
  } catch (error) {
    if (!isAppError(error) || error.code === 'cancelled' || error.code.startsWith('tls')) throw error;
    return { ready: false, status: 0, code: error.code };
  }
}

async function waitUntil(context: StepContext, at: string): Promise<void> {
  const time = Date.parse(at);
  if (Number.isNaN(time)) throw new AppError('invalidInput', { field: 'restart.at', reason: 'not an ISO time' });
  context.report({ note: say('minioWaitRestart', { time: new Date(time).toISOString() }) });
  while (Date.now() < time) await sleep(Math.min(time - Date.now(), 60_000), context.signal);
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch((cause: unknown) => {
    throw new AppError('cancelled', {}, { cause });
  });
}
