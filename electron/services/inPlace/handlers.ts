import type { InPlace, InPlaceScope, inPlaceProcedures } from '../../../shared/inPlace.ts';
import { clusterMark } from '../../../shared/projected.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { createMinioAdmin, type MinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { automaticEncryption } from '../../clients/minioAdmin/automaticEncryption.ts';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { minioEndpoint } from '../../clients/s3/forStack.ts';
import { createListingClient } from '../../clients/s3/listingClient.ts';
import { createObjectClient } from '../../clients/s3/objectClient.ts';
import { createS3 } from '../../clients/s3/s3Client.ts';
import { createSignedClient, type S3Endpoint } from '../../clients/s3/signedClient.ts';
import type { DomainDeps, StackAccess } from '../../jobs/step.ts';
import { newRunId } from '../../platform/runId.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { createInPlaceFiles } from './files.ts';
import { type AuditSeen, type Looked, lookForRows } from './plan.ts';
import { planOf } from './planned.ts';
import { atOnce } from './run.ts';
import { createRuns } from './runs.ts';
import { RunFile } from './store.ts';

interface Deps extends DomainDeps {
  dataFolder: string;
  /** Rows of a finished audit of that MinIO cluster that a filter finds, in portions. Throws `auditUnknown`, `auditUnfinished`. */
  auditRows(
    stackId: string,
    cluster: string | undefined,
    auditId: string,
    filter: Extract<InPlaceScope, { from: 'audit' }>['filter'],
  ): AsyncIterable<AuditSeen[]>;
}

export interface InPlaceService {
  handlers: DomainHandlers<typeof inPlaceProcedures>;
  /** What works is interrupted and can be resumed. */
  close(): Promise<void>;
}

/** Encrypting what is there: plans, and their runs. */
export function createInPlace(deps: Deps): InPlaceService {
  const { open, publish } = deps;
  const files = createInPlaceFiles(deps.dataFolder);
  const runs = createRuns({ ...deps, files });

  async function look(
    access: StackAccess,
    endpoint: S3Endpoint,
    about: InPlace,
    file: RunFile,
    signal: AbortSignal,
    tell: (found: number, where: string) => void,
  ): Promise<Looked> {
    const { url, ca, credentials } = endpoint;
    const client = createObjectClient(endpoint);
    const lister = createListingClient({ url, ca, accessKey: credentials.accessKey, secretKey: credentials.secretKey.reveal() });
    const [s3, signed, admin] = [createS3(endpoint), createSignedClient(endpoint), createMinioAdmin(endpoint)];
    const keys = customerKeysOf(access);
    try {
      if (about.target.kind === 'sse-kms') await requireKey(admin, about.target.key);
      // Known before anything is looked at: `customerKeyMissing`.
      if (about.target.kind === 'sse-c') keys.secret(about.target.keyId);
      return await lookForRows(about, file, {
        ...{ client, lister, s3, signed, signal, tell },
        secure: url.startsWith('https:'),
        automatic: await automaticEncryption(admin),
        hasCustomerKey: async (bucket, key, versionId) => (await keys.find(client, { bucket, key, versionId })) !== undefined,
        auditRows: (auditId, filter) => deps.auditRows(about.stackId, about.cluster, auditId, filter),
      });
    } finally {
      await Promise.all([client.close(), lister.close(), s3.close(), signed.close(), admin.close()]);
    }
  }

  return {
    close: () => runs.close(),
    handlers: {
      async 'inPlace.plan'({ stackId, cluster, scope, target, mode }) {
        const access = await open(stackId, cluster);
        const endpoint = await minioEndpoint(access);
        const now = new Date();
        const id = newRunId(now);
        const about: InPlace = {
          ...{ id, stackId, ...clusterMark(access.cluster), scope, target, mode, state: 'planning', at: now.toISOString() },
          ...{ total: 0, totalBytes: 0, done: 0, doneBytes: 0, counts: {}, deleted: 0 },
        };
        await files.make(stackId);
        await runs.forgetNothings(stackId);
        const file = RunFile.create(files.pathOf(stackId, id), about);
        const started = runs.begin(
          about,
          file,
          async (_live, signal, report) => {
            try {
              const looked = await look(access, endpoint, about, file, signal, (found, where) =>
                report({ done: found, note: say('inPlaceLooking', { where }) }),
              );
              const pace = await runs.paceOf(stackId, access.cluster);
              about.plan = planOf(about, file, looked, { pace, atOnce: atOnce[mode], access });
              Object.assign(about, file.totals(), { state: 'planned' });
              file.save(about);
            } catch (error) {
              await files.remove(stackId, id);
              publish('inPlace.removed', { stackId, id });
              throw error;
            }
            runs.changed(about);
          },
          say('inPlacePlanJob', { where: placeOf(scope) }),
        );
        return { ...started, id };
      },

      async 'inPlace.start'({ stackId, id, atMostPerSecond, typed }) {
        const { mode, plan, cluster } = await runs.get(stackId, id);
        const access = await open(stackId, cluster);
        const wanted = wordOf(plan?.buckets.map(({ bucket }) => bucket) ?? [], access.stack.name);
        if (mode === 'history' && typed !== wanted) throw new AppError('inPlaceTyped', { name: wanted });
        return runs.work(access, id, ['planned'], (about) => {
          if (atMostPerSecond !== undefined) about.atMostPerSecond = atMostPerSecond;
        });
      },
      async 'inPlace.pause'({ stackId, id }) {
        const held = runs.live(stackId, id);
        if (!held?.run) throw new AppError('inPlaceNotNow', { id, state: (await runs.get(stackId, id)).state });
        held.run.pause();
        return structuredClone(held.about);
      },
      async 'inPlace.resume'({ stackId, id }) {
        const held = runs.live(stackId, id);
        if (held?.run) {
          held.run.goOn();
          return { jobId: held.jobId };
        }
        const { cluster } = await runs.get(stackId, id);
        return runs.work(await open(stackId, cluster), id, ['paused', 'interrupted', 'cancelled', 'failed'], () => undefined);
      },
      async 'inPlace.cancel'({ stackId, id }) {
        const held = runs.live(stackId, id);
        if (held) {
          await runs.end(id);
          // A plan that is given up leaves nothing behind.
          if (!held.run) return { ...structuredClone(held.about), state: 'cancelled' as const };
        } else
          runs.use(stackId, id, (file) => {
            const about = file.about();
            if (about.state === 'ended') throw new AppError('inPlaceNotNow', { id, state: about.state });
            file.save({ ...about, ...file.totals(), state: 'cancelled' });
          });
        return runs.get(stackId, id);
      },
      async 'inPlace.remove'({ stackId, id }) {
        if (runs.live(stackId, id)) throw new AppError('inPlaceRunning', { id });
        await files.remove(stackId, id);
        publish('inPlace.removed', { stackId, id });
        return {};
      },
      'inPlace.list': async ({ stackId, cluster }) => ({ runs: await runs.list(stackId, cluster) }),
      'inPlace.get': ({ stackId, id }) => runs.get(stackId, id),
      'inPlace.rows': async ({ stackId, id, outcomes, offset, limit }) =>
        runs.use(stackId, id, (file) => file.page(outcomes, offset, limit)),
    },
  };
}

/** The one bucket, or the stack where there are several. */
function wordOf(buckets: readonly string[], stackName: string): string {
  return (buckets.length === 1 ? buckets[0] : undefined) ?? stackName;
}

function placeOf(scope: InPlaceScope): string {
  if (scope.from === 'audit') return scope.filter.bucket ?? scope.auditId;
  return scope.from === 'prefix' && scope.prefix !== '' ? `${scope.bucket}/${scope.prefix}` : scope.bucket;
}

/** Whether MinIO makes and opens a data key with it now. Where this credential may not ask, the first copy tells. */
async function requireKey(admin: MinioAdmin, key: string): Promise<void> {
  const status = await admin.keyStatus(key).catch((error: unknown) => {
    if (isAppError(error, 'minioAccessDenied')) return undefined;
    throw error;
  });
  if (status?.error !== undefined) throw new AppError('inPlaceKeyRefused', { key, reason: status.error });
}
