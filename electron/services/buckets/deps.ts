import type { DomainDeps, StackAccess } from '../../jobs/step.ts';

/** What the newest finished audit counted in a bucket; `objects` and `bytes` by the order of `auditStates`. */
export interface AuditCount {
  auditId: string;
  at: string;
  current: { objects: number[]; bytes: number[] };
}

export interface BucketDeps extends DomainDeps {
  /** By bucket, of audits that read all of it. */
  auditCounts(stackId: string, cluster?: string): Promise<ReadonlyMap<string, AuditCount>>;
  /** Requests that all nodes of the stack's KES counted so far. Throws where it may not be asked. */
  kesRequests(access: Pick<StackAccess, 'stack' | 'folder' | 'secrets'>): Promise<number>;
}
