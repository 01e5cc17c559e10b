import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { S3Endpoint } from '../../electron/clients/s3/signedClient.ts';
import { startThread } from '../../electron/platform/threadCalls.ts';
import type { ReaderCalls, ReaderNews, ReadOrder, StoreCalls } from '../../electron/services/audit/work.ts';
import { madeAudit } from '../../shared/audit.testSupport.ts';
import type { Audit, AuditOptions } from '../../shared/audit.ts';

const dist = resolve(import.meta.dirname, '..', '..', 'dist');
/** An audit's facts as its run would begin with them. */
export const blankAudit = (versions: boolean): Audit =>
  madeAudit({ scope: { prefix: '', versions }, state: 'running', phase: 'listing', workedMs: 0, buckets: { done: 0, total: 1 } });

export interface OurRun {
  /** From the order to the last entry on disk. */
  seconds: number;
  entries: number;
  /** Most requests in flight that were seen. */
  inFlight: number;
  requests: number;
  /** The store with all that was read; close it. */
  store: StoreCalls;
  end(): Promise<void>;
}

/** What the product does: the reader's thread and the store's, as built. Samples are not read within the time. */
export async function ourAudit(
  folder: string,
  endpoint: S3Endpoint,
  bucket: string,
  {
    versions = false,
    options = {},
    method = 'list' as const,
  }: { versions?: boolean; options?: Partial<AuditOptions>; method?: 'list' | 'head' } = {},
): Promise<OurRun> {
  const file = join(folder, `ours-${Date.now()}-${Math.random().toString(36).slice(2)}.sqlite`);
  const reader = startThread<ReaderCalls>(join(dist, 'auditReader.cjs'));
  const store = startThread<StoreCalls>(join(dist, 'auditStore.cjs'));
  await store.calls.create(file, blankAudit(versions), [{ name: bucket }]);
  const { port1, port2 } = new MessageChannel();
  await store.calls.attach(port1);
  const order: ReadOrder = {
    endpoint: {
      url: endpoint.url,
      ca: [...endpoint.ca],
      accessKey: endpoint.credentials.accessKey,
      secretKey: endpoint.credentials.secretKey.reveal(),
    },
    method,
    prefix: '',
    versions,
    options: { verifyAll: false, ...options },
    buckets: [bucket],
    ranges: [{ id: 0, bucket: 0, after: '', done: false }],
    phase: 'listing',
  };
  let listedAt: number | undefined;
  let inFlight = 0;
  let requests = 0;
  reader.onTold((told) => {
    const news = told as ReaderNews;
    inFlight = Math.max(inFlight, news.inFlight);
    requests = news.requests;
    if (news.phase === 'opening') listedAt ??= performance.now();
  });
  const begin = performance.now();
  await reader.calls.run(order, port2);
  const end = listedAt ?? performance.now();
  const totals = await store.calls.totals();
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  return {
    seconds: (end - begin) / 1000,
    entries: sum(totals.current.objects) + sum(totals.noncurrent.objects) + totals.deleteMarkers,
    inFlight,
    requests,
    store: store.calls,
    async end() {
      await store.calls.close();
      await reader.end();
      await store.end();
      for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${file}${suffix}`, { force: true });
    },
  };
}
