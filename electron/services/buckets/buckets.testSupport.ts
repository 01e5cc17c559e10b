import type { TestStack } from '../../clients/s3/minio.testSupport.ts';
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
