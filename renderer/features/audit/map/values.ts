import { type AuditState, auditStates, type MapNode } from '../../../../shared/audit.ts';

export type Shown = AuditState | 'notRead';
/** The legend's order (visual.md 1). */
export const shownStates: readonly Shown[] = [...auditStates, 'notRead'];
export type By = 'objects' | 'bytes';

/** Inside a cell the encrypted part comes first, because the label stands on it; what is not read comes last. */
export const bandOrder: readonly Shown[] = ['sse-kms', 'sse-s3', 'sse-c', 'unknown', 'unreadable', 'plaintext', 'notRead'];

/** What a place holds of each state in the order of `shownStates`; bytes not read yet are guessed by the mean of what was. */
export function valuesOf(node: MapNode, by: By): number[] {
  const read = by === 'objects' ? node.objects : node.bytes;
  const left = node.notRead ?? 0;
  if (by === 'objects') return [...read, left];
  const objects = sum(node.objects);
  return [...read, objects === 0 ? left : (left * sum(read)) / objects];
}

/** The same with what the legend switched off left out. */
export function shownValues(node: MapNode, by: By, hidden: ReadonlySet<Shown>): number[] {
  return valuesOf(node, by).map((value, at) => (hidden.has(shownStates[at] ?? 'notRead') ? 0 : value));
}

export function sum(values: readonly number[]): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}

/** One word for a place; names of buckets and keys never hold a NUL. */
export function placeKey(node: Pick<MapNode, 'bucket' | 'prefix' | 'name'>): string {
  // The objects that lie directly in a prefix, and the joined small ones, share its place.
  const part = node.name === '' || node.name === '…' ? `\0${node.name}` : '';
  return `${node.bucket ?? ''}\0${node.prefix}${part}`;
}
