import type { Audit, AuditFilter } from '../../../shared/audit.ts';
import { sum } from './map/values.ts';

/** How many rows a run has of the versions that a filter asks for. */
export function allRows({ current, noncurrent, deleteMarkers }: Audit, { versions = 'current' }: AuditFilter): number {
  const of = { current: sum(current.objects), noncurrent: sum(noncurrent.objects), deleteMarkers };
  return versions === 'all' ? of.current + of.noncurrent + of.deleteMarkers : of[versions];
}

const sorts = ['key', 'size', 'modifiedAt', 'state'] as const;
type Sort = { sort: (typeof sorts)[number] | 'read'; descending: boolean };

/** The order that an address asks for. Until a run is arranged there is only the order of reading. */
export function sortIn(query: URLSearchParams, arranged: boolean): Sort {
  if (!arranged) return { sort: 'read', descending: false };
  return { sort: sorts.find((sort) => sort === query.get('sort')) ?? 'key', descending: query.get('down') === '1' };
}

const columnSorts: Readonly<Record<string, (typeof sorts)[number]>> = { name: 'key', size: 'size', written: 'modifiedAt', state: 'state' };

/** The column that an order belongs to. */
export function columnOf(sort: Sort['sort']): string | undefined {
  return Object.keys(columnSorts).find((column) => columnSorts[column] === sort);
}

/** The query after a click on a column's head: by it, then the other way round. */
export function withSort(query: URLSearchParams, column: string): URLSearchParams {
  const next = new URLSearchParams(query);
  const wanted = columnSorts[column] ?? 'key';
  const { sort, descending } = sortIn(query, true);
  next.set('sort', wanted);
  if (sort === wanted && !descending) next.set('down', '1');
  else next.delete('down');
  return next;
}
