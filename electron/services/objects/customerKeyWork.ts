import { type Amounts, auditStates } from '../../../shared/audit.ts';
import type { InPlace } from '../../../shared/inPlace.ts';
import type { CustomerKeyUse, CustomerKeyWork } from '../../../shared/objects.ts';
import type { Upload } from '../../../shared/uploads.ts';

type Sent = Pick<Upload, 'id' | 'choice' | 'bucket' | 'prefix' | 'phase' | 'counts' | 'at'>;
type Run = Pick<InPlace, 'id' | 'target' | 'scope' | 'state' | 'counts' | 'at'> & { plan?: { buckets: { bucket: string }[] } | undefined };

const openStates: readonly InPlace['state'][] = ['planning', 'planned', 'paused', 'interrupted'];

/** Uploads and runs of encryption in place that write with customers' keys, by the id of the key; newest first. Pure. */
export function customerKeyWorkOf(uploads: readonly Sent[], runs: readonly Run[]): Map<string, CustomerKeyWork[]> {
  const work = new Map<string, CustomerKeyWork[]>();
  const add = (keyId: string, one: CustomerKeyWork): void => void work.set(keyId, [...(work.get(keyId) ?? []), one]);
  for (const { id, choice, bucket, prefix, phase, counts, at } of uploads) {
    if (choice.kind !== 'sse-c') continue;
    const state = phase === 'running' ? 'runs' : phase === 'ended' ? 'ended' : 'open';
    add(choice.keyId, { kind: 'upload', id, where: `${bucket}/${prefix}`, done: counts.done ?? 0, state, at });
  }
  for (const { id, target, scope, plan, state: now, counts, at } of runs) {
    if (target.kind !== 'sse-c') continue;
    const state = now === 'running' ? 'runs' : openStates.includes(now) ? 'open' : 'ended';
    const where =
      scope.from === 'audit'
        ? (plan?.buckets.map(({ bucket }) => bucket).join(', ') ?? '')
        : `${scope.bucket}/${scope.from === 'prefix' ? scope.prefix : ''}`;
    add(target.keyId, { kind: 'inPlace', id, where, done: counts.done ?? 0, state, at });
  }
  for (const all of work.values()) all.sort((a, b) => b.at.localeCompare(a.at));
  return work;
}

/** Objects under SSE-C, from what the newest finished audit of each bucket counted; none without an audit. `at`: the oldest of these. Pure. */
export function auditedCustomerOf(counts: ReadonlyMap<string, { at: string; current: Amounts }>): CustomerKeyUse['audited'] {
  const all = [...counts.values()];
  const [oldest] = all.map(({ at }) => at).sort();
  if (oldest === undefined) return undefined;
  const found = all.map(({ current }) => current.objects[auditStates.indexOf('sse-c')] ?? 0).filter((count) => count > 0);
  return { objects: found.reduce((sum, count) => sum + count, 0), buckets: found.length, at: oldest };
}
