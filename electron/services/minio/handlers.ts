import type { MinioStatus, minioProcedures } from '../../../shared/minio.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import { nodesOf } from '../../../shared/servers.ts';
import type { StackNode } from '../../../shared/stacks.ts';
import { createMinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { minioEndpoint, withS3 } from '../../clients/s3/forStack.ts';
import { clusterIdsOf, openCluster } from '../../jobs/clusterView.ts';
import type { AnyStep, DomainDeps, StackAccess } from '../../jobs/step.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { bucketStep } from './bucketStep.ts';
import { createMinioStep, type MinioDeps } from './minioStep.ts';
import { createRestarts, type RestartDeps } from './restartJob.ts';

/** MinIO of a stack: its two steps, its state, its buckets and its restart. */
export function createMinio(deps: DomainDeps & MinioDeps & RestartDeps): {
  handlers: DomainHandlers<typeof minioProcedures>;
  steps: AnyStep[];
  /** Says in the journal that a restart set for later was lost with its engine. */
  tellLost(stackId: string, cluster?: string): Promise<void>;
} {
  const open = openCluster(deps.open);
  const restarts = createRestarts({ ...deps, open });
  return {
    steps: [createMinioStep(deps), bucketStep],
    tellLost: restarts.tellLost,
    handlers: {
      'minio.restartPlan': ({ stackId, cluster }) => restarts.plan(stackId, cluster),
      'minio.restart': ({ stackId, cluster, at }) => restarts.start(stackId, cluster, at),
      'minio.status': async ({ stackId, cluster }) => {
        const ids = cluster === undefined ? clusterIdsOf((await deps.open(stackId)).stack) : [cluster];
        const views = await Promise.all(ids.map((id) => open(stackId, id)));
        const nodes = views.flatMap((access) => nodesOf(access.stack, 'minio').map((node) => statusOf(access, node)));
        return { nodes: await Promise.all(nodes) };
      },

      'minio.buckets': async ({ stackId, cluster }) => {
        const access = await open(stackId, cluster);
        return withS3(access, async (s3) => {
          const buckets = await s3.listBuckets();
          const withRules = buckets.map(async (bucket) => {
            // A credential may list buckets whose rules it may not read.
            const found = await s3.bucketRule(bucket.name).catch((error: unknown) => {
              if (isAppError(error)) return undefined;
              throw error;
            });
            return { ...bucket, ...(found ? { rule: found.rule } : {}) };
          });
          return { buckets: await Promise.all(withRules) };
        });
      },
    },
  };
}

/** `working` is said only when MinIO made a data key with its default key and opened it again. */
async function statusOf(access: StackAccess, node: StackNode): Promise<MinioStatus> {
  const status: MinioStatus = { node: node.id, url: node.url, state: 'unreachable', kesEndpoints: [], at: new Date().toISOString() };
  try {
    const admin = createMinioAdmin({ ...(await minioEndpoint(access)), url: node.url });
    try {
      const { ready, code } = await admin.ready();
      status.state = 'notReady';
      const kms = await admin.kmsStatus();
      Object.assign(status, { defaultKey: kms.defaultKey, kesEndpoints: kms.endpoints });
      const version = (await admin.nodes())[0]?.version;
      if (version !== undefined) status.version = version;
      const key = await admin.keyStatus(kms.defaultKey);
      if (key.error !== undefined) {
        const details = { key: kms.defaultKey, reason: key.error.slice(0, 300) };
        Object.assign(status, { state: 'keyFails', error: { code: 'minioKeyFails', details } });
      } else if (ready) status.state = 'working';
      else status.error = { code: 'minioNotReady', details: { where: admin.host, code } };
    } finally {
      await admin.close();
    }
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'kmsNotConfigured') status.state = 'noKms';
    status.error = error.frame;
  }
  return status;
}
