import type { MinioInput } from '../../../shared/minio.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { wayOf } from '../../../shared/servers.ts';
import { say } from '../../../shared/text.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import { refused } from '../../clients/s3/failures.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { takesRequests } from '../../clients/s3/takesRequests.ts';
import { pause } from '../../jobs/pause.ts';
import type { StackAccess, StepContext } from '../../jobs/step.ts';
import { differences, type Environment } from './environment.ts';
import { type KesFromHere, readiness, requireSafe, restartAndMeasure, restartFacts, waitUntil } from './restart.ts';
import { launchSpec, minioUrl } from './settings.ts';
import { startFailure } from './startFailure.ts';

export type Change = 'start' | 'restart' | 'stopStart' | 'none';

/** Asks KES for an operation with a real key. */
export type KesWorks = (access: StackAccess) => Promise<boolean>;

const readySeconds = 60;

export interface Needed {
  change: Change;
  /** It stays with the KES that it has, so that it can say itself whether that KES answers. */
  sameKes: boolean;
}

export interface Deps {
  kesWorks: KesWorks;
  kesFromHere: KesFromHere;
}

const aboutKes = ['MINIO_KMS_KES_ENDPOINT', 'MINIO_KMS_KES_CERT_FILE', 'MINIO_KMS_KES_KEY_FILE', 'MINIO_KMS_KES_CAPATH'];

/** What has to happen so that MinIO runs with these settings. A MinIO that cannot be asked is stopped and started. */
export async function changeNeeded(context: StepContext, wanted: Environment): Promise<Needed> {
  const needed = (change: Change, sameKes = false): Needed => ({ change, sameKes });
  if ((await context.servers.status('minio')).state !== 'running') return needed('start');
  if (!context.secrets.has('minio.root')) return needed('stopStart');
  const nodes = await withMinioAdmin(context, (admin) => admin.nodes()).catch(() => undefined);
  if (!nodes?.length) return needed('stopStart');
  const found = nodes.map(({ environment }) => differences(environment, wanted));
  if (found.some(({ removed }) => removed.length > 0)) return needed('stopStart');
  const changed = found.flatMap((one) => one.changed);
  return changed.length === 0 ? needed('none') : needed('restart', !changed.some((name) => aboutKes.includes(name)));
}

/**
 * Before anything of a running MinIO is touched: waits for the chosen time, and makes sure that it would come back. A
 * MinIO that restarts without its KMS exits and stays down (minio.md 2.4). `seen`: it goes on with the KES that it has, so
 * it must see that KES itself. Throws `minioKesDown`, `cancelled`.
 */
export async function beforeRestart(context: StepContext, { restart }: MinioInput, deps: Deps, seen: boolean): Promise<void> {
  if (restart?.at !== undefined) {
    await waitUntil(restart.at, context.report, context.signal);
    // Somebody may have made the stack read-only meanwhile: the document is read again.
    await context.update((stack) => stack);
    const { name, readOnly } = context.stack;
    if (readOnly) throw new AppError('stackReadOnly', { name });
  }
  if (!(await deps.kesWorks(context))) throw new AppError('minioKesDown', { reason: 'KES' });
  if (seen) requireSafe(await restartFacts(context, deps.kesFromHere));
}

/** Makes MinIO run with what its environment file says now. Throws `minioStart…`, `minioNotReady`, `minioNotBack`, `kms…`. */
export async function bringUp(context: StepContext, change: Change): Promise<void> {
  if (change === 'restart') {
    const { downMs } = await restartAndMeasure(context, context.report, context.signal);
    await context.journal(say('minioDidRestartFor', { ms: downMs }));
    return;
  }
  // `start` does nothing when it runs; `none` is also a MinIO that did not get ready before a kill.
  if (change === 'stopStart') await context.servers.stop('minio');
  await start(context);
  await waitReady(context);
  if (change === 'none') return;
  const did = change === 'start' ? say('minioDidStart', { url: minioUrl(context) }) : say('minioDidRestart');
  await context.journal(did);
}

async function start(context: StepContext): Promise<void> {
  try {
    await context.servers.start('minio', 'minio', launchSpec(context));
  } catch (error) {
    if (isAppError(error, 'serverDied')) throw await ending(context);
    throw error;
  }
}

async function ending({ servers, inputs }: StepContext): Promise<AppError> {
  return startFailure(await servers.lastLines('minio', 60), inputs.place.ports);
}

/** Until MinIO is ready, which needs a data key. Throws what waiting does not mend. */
export async function waitReady(context: StepContext): Promise<void> {
  context.report({ note: say('minioWaitReady') });
  await withMinioAdmin(context, async (admin) => {
    const end = Date.now() + readySeconds * 1000;
    let refusals = 0;
    for (;;) {
      const answer = await readiness(admin, context.signal);
      if (answer.ready && (await isOpen(context))) return;
      if (wayOf(context.stack, 'minio') === 'here' && (await context.servers.status('minio')).state !== 'running')
        throw await ending(context);
      // The KMS was reached and says no: waiting does not help. Once may be a moment of the start.
      refusals = answer.code.startsWith('kms:') ? refusals + 1 : 0;
      if (refusals > 20) throw refused({ ...answer, message: '', where: admin.host });
      if (Date.now() > end)
        throw new AppError('minioNotReady', { where: admin.host, code: answer.ready ? 'XMinioServerNotInitialized' : answer.code });
      await pause(50, context.signal);
    }
  });
}

/** Where there is no log-in yet, only what MinIO says without one is known. */
async function isOpen(context: StepContext): Promise<boolean> {
  try {
    return await withS3(context, takesRequests);
  } catch (error) {
    if (isAppError(error, 'minioCredentialMissing')) return true;
    throw error;
  }
}
