import { type DenyMode, policyTries } from '../../../shared/buckets.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import type { Log } from '../../platform/log.ts';
import type { AuditCount } from './deps.ts';
import { createBuckets } from './handlers.ts';

const log: Log = { info: () => undefined, error: (event, fields) => console.error(event, fields) };
export const call = { signal: new AbortController().signal, host: 'cli' as const };
export const stackId = 'test';

/** The procedures of this domain on a test's stack, with what audits counted. */
export function bucketsOf(stack: TestStack, counts: ReadonlyMap<string, AuditCount> = new Map()) {
  const publish: DomainDeps['publish'] = () => undefined;
  const jobs = createJobRunner(publish, log);
  const { handlers } = createBuckets({
    open: async () => stack.context,
    publish,
    jobs,
    log,
    auditCounts: async () => counts,
    kesRequests: () => stack.operator.requestCount(),
  });
  return { handlers, jobs };
}
export type TestBuckets = ReturnType<typeof bucketsOf>;

/** A real MinIO with a KES that may be asked how many requests it counted, and keys `minio-default` and `minio-other`. */
export async function startBuckets(counts?: ReadonlyMap<string, AuditCount>) {
  const stack = await startTestStack([
    ...['create', 'generate', 'decrypt', 'describe', 'delete'].map((verb) => `/v1/key/${verb}/minio-*`),
    '/v1/key/list/*',
    '/v1/status',
    '/v1/metrics',
  ]);
  await stack.operator.createKey('minio-default');
  await stack.operator.createKey('minio-other');
  await startMinio(stack);
  const { handlers, jobs } = bucketsOf(stack, counts);
  return {
    ...{ stack, handlers, jobs },
    names: () => withS3(stack.context, async (s3) => (await s3.listBuckets()).map(({ name }) => name).sort()),
    /** What each try of a required encryption came to, by its name. */
    async tried(bucket: string, mode: DenyMode, prefix = ''): Promise<Record<string, string>> {
      const { jobId } = await handlers['buckets.policyTry']({ stackId, bucket, prefix, mode }, call);
      const job = await jobs.wait(jobId);
      if (job.error) throw AppError.of(job.error);
      const rows = policyTries.parse(job.result).tries;
      return Object.fromEntries(
        rows.map(({ what, wanted, got }) => [
          `${what.code} ${what.params?.key ?? ''}`.trim(),
          wanted === got ? got : `${got}, ${wanted} wanted`,
        ]),
      );
    },
  };
}
