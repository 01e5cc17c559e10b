import { type bucketProcedures, type WhatWins, whatWins } from '../../../shared/buckets.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { StackFolder } from '../../jobs/step.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { applyRules, undoRules } from './apply.ts';
import { withMinio } from './connection.ts';
import { createBucket } from './create.ts';
import type { BucketDeps } from './deps.ts';
import { kmsKindOf } from './kmsKind.ts';
import { listBuckets } from './list.ts';
import { planRule } from './plan.ts';
import { planPolicy, setPolicy, undoPolicy } from './policy.ts';
import { tryPolicyOn } from './policyTry.ts';
import { removeAbandoned } from './seconds.ts';
import { readUndos } from './undos.ts';
import { proveWhatWins } from './whatWins.ts';

const wonFile = 'buckets/what-won.json';

/** The default encryption of buckets: seeing, planning, setting and undoing rules, requiring headers, and what wins. */
export function createBuckets(deps: BucketDeps): { handlers: DomainHandlers<typeof bucketProcedures> } {
  const { open, jobs, publish } = deps;
  // Of engines that are gone, as after a loss of power.
  void removeAbandoned().catch((error: unknown) => deps.log.error('buckets.abandoned', { error }));
  const changed = (stackId: string): void => publish('buckets.changed', { stackId });

  return {
    handlers: {
      'buckets.list': async ({ stackId, cluster }) => {
        const access = await open(stackId, cluster);
        const counts = await deps.auditCounts(stackId, cluster);
        return withMinio(access, async (minio) => {
          const [buckets, kms] = await Promise.all([listBuckets(minio, counts), kmsKindOf(minio)]);
          return { buckets, kms, at: new Date().toISOString() };
        });
      },
      'buckets.plan': async ({ stackId, cluster, buckets, rule }) => {
        const access = await open(stackId, cluster);
        const counts = await deps.auditCounts(stackId, cluster);
        return withMinio(access, (minio) => planRule(access, minio, { buckets, rule }, counts));
      },
      'buckets.apply': async ({ stackId, cluster, changes }) => {
        const access = await open(stackId, cluster);
        return withMinio(access, ({ s3 }) => applyRules(access, s3, changes)).finally(() => changed(stackId));
      },
      'buckets.undos': async ({ stackId, cluster }) => ({ undos: await readUndos((await open(stackId, cluster)).folder) }),
      'buckets.undo': async ({ stackId, cluster, id }) => {
        const access = await open(stackId, cluster);
        return withMinio(access, async ({ s3 }) => ({ results: await undoRules(access, s3, id) })).finally(() => changed(stackId));
      },
      'buckets.policyPlan': async ({ stackId, cluster, bucket, prefix, mode }) => {
        const access = await open(stackId, cluster);
        return withMinio(access, (minio) => planPolicy(access, minio, { bucket, prefix }, mode));
      },
      'buckets.policySet': async ({ stackId, cluster, bucket, prefix, mode }) => {
        const access = await open(stackId, cluster);
        return withMinio(access, (minio) => setPolicy(access, minio, { bucket, prefix }, mode)).finally(() => changed(stackId));
      },
      'buckets.policyUndo': async ({ stackId, cluster, bucket }) => {
        const access = await open(stackId, cluster);
        return withMinio(access, (minio) => undoPolicy(access, minio, bucket)).finally(() => changed(stackId));
      },
      'buckets.policyTry': async ({ stackId, cluster, bucket, prefix, mode }) => {
        const access = await open(stackId, cluster);
        return jobs.start({
          title: say('bucketTryJob', { bucket: prefix === '' ? bucket : `${bucket}/${prefix}` }),
          stackId,
          run: (report, signal) => withMinio(access, (minio) => tryPolicyOn(access, minio, { bucket, prefix }, mode, report, signal)),
        });
      },
      'buckets.whatWins': async ({ stackId, cluster }) => {
        const access = await open(stackId, cluster);
        if (jobs.running().some((job) => job.stackId === stackId && job.title.code === 'bucketWinsJob'))
          throw new AppError('bucketWinsBusy');
        return jobs.start({
          title: say('bucketWinsJob'),
          stackId,
          run: async (report, signal) => {
            const found = await proveWhatWins(access, deps.kesRequests, report, signal);
            await access.folder.write(wonFile, `${JSON.stringify(found)}\n`, 0o600);
            changed(stackId);
            return found;
          },
        });
      },
      'buckets.whatWon': async ({ stackId, cluster }) => {
        const last = await readWon((await open(stackId, cluster)).folder);
        return last ? { last } : {};
      },
      'buckets.create': async ({ stackId, cluster, ...wanted }) => {
        const access = await open(stackId, cluster);
        return withMinio(access, (minio) => createBucket(access, minio, wanted)).finally(() => changed(stackId));
      },
    },
  };
}

/** What another version wrote in another form is tried again rather than shown. */
async function readWon(folder: StackFolder): Promise<WhatWins | undefined> {
  const text = await folder.read(wonFile);
  if (text === undefined) return undefined;
  try {
    return whatWins.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
