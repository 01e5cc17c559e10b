import type { z } from 'zod';
import type { CertificateInfo } from '../../shared/certificates.ts';
import type { KesStatus } from '../../shared/kes.ts';
import type { bucketInfo, MinioStatus } from '../../shared/minio.ts';
import type { VaultNodeStatus } from '../../shared/vault.ts';
import type { Mark } from './StateIcon.tsx';

export type BucketInfo = z.infer<typeof bucketInfo>;

/** The judgements of the four health items. Pure. `building`: the set-up has not got this far, so silence is no failure. */
const dayMs = 86_400_000;
export const warnDays = 30;

/** The certificate that ends first, with whole days left (negative: ended). */
export function firstToEnd(
  certificates: readonly CertificateInfo[],
  now: number,
): { certificate: CertificateInfo; days: number } | undefined {
  const first = [...certificates].sort((a, b) => Date.parse(a.notAfter) - Date.parse(b.notAfter))[0];
  return first && { certificate: first, days: Math.floor((Date.parse(first.notAfter) - now) / dayMs) };
}

export function certificateMark(certificates: readonly CertificateInfo[], now: number): Mark {
  const first = firstToEnd(certificates, now);
  if (!first) return 'absent';
  if (first.days < 0) return 'fail';
  return first.days < warnDays ? 'warn' : 'ok';
}

export function isOpen(node: Pick<VaultNodeStatus, 'state'>): boolean {
  return node.state === 'active' || node.state === 'standby';
}

export function vaultMark(nodes: readonly VaultNodeStatus[], building: boolean): Mark {
  if (nodes.length === 0) return 'absent';
  if (nodes.every(isOpen)) return 'ok';
  if (nodes.some((node) => node.state === 'active')) return 'warn';
  if (building) return nodes.every((node) => node.state === 'unreachable') ? 'absent' : 'warn';
  return 'fail';
}

export function kesMark(nodes: readonly KesStatus[], building: boolean): Mark {
  if (nodes.length === 0) return 'absent';
  const working = nodes.filter((node) => node.state === 'working').length;
  if (working === nodes.length) return 'ok';
  if (working > 0) return 'warn';
  // KES stands before its first key does.
  if (building && nodes.every((node) => node.state === 'keyMissing')) return 'warn';
  return building && nodes.every((node) => node.state === 'unreachable') ? 'absent' : 'fail';
}

export function minioMark(nodes: readonly MinioStatus[], building: boolean): Mark {
  if (nodes.length === 0) return 'absent';
  if (nodes.every((node) => node.state === 'working')) return 'ok';
  if (building && nodes.every((node) => node.state === 'unreachable')) return 'absent';
  if (nodes.some((node) => node.state === 'unreachable' || node.state === 'keyFails')) {
    return nodes.some((node) => node.state === 'working') ? 'warn' : 'fail';
  }
  return 'warn';
}

/** Buckets with a default rule; those whose rule could not be read count as neither. */
export function ruleCounts(buckets: readonly BucketInfo[]): { ruled: number; open: number; unread: number } {
  const ruled = buckets.filter((bucket) => bucket.rule !== undefined && bucket.rule.kind !== 'none').length;
  const open = buckets.filter((bucket) => bucket.rule?.kind === 'none').length;
  return { ruled, open, unread: buckets.length - ruled - open };
}

export function bucketMark(buckets: readonly BucketInfo[]): Mark {
  if (buckets.length === 0) return 'absent';
  const { ruled } = ruleCounts(buckets);
  return ruled === buckets.length ? 'ok' : 'warn';
}
