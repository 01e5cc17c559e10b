import type { AuditFilter } from '../../../shared/audit.ts';

/** What can be filtered by, in the order of the menu. Bucket and states may have several chips or none. */
export const filterKinds = ['states', 'bucket', 'prefix', 'contains', 'kmsKey', 'size', 'written', 'versions', 'opens'] as const;
export type FilterKind = (typeof filterKinds)[number];

const fieldsOf: Record<FilterKind, readonly (keyof AuditFilter)[]> = {
  states: ['states'],
  bucket: ['bucket'],
  prefix: ['prefix'],
  contains: ['contains'],
  kmsKey: ['kmsKey'],
  size: ['minSize', 'maxSize'],
  written: ['from', 'before'],
  versions: ['versions'],
  opens: ['opens'],
};

/** The filter with other values of one kind; undefined and empty ones are left out. */
export function changed(filter: AuditFilter, change: { [K in keyof AuditFilter]?: AuditFilter[K] | undefined }): AuditFilter {
  const all = { ...filter, ...change };
  return Object.fromEntries(
    Object.entries(all).filter(([name, value]) => {
      if (value === undefined) return false;
      // '' is a key's name where the server does not tell it; elsewhere it filters nothing.
      if (value === '') return name === 'kmsKey';
      return !(Array.isArray(value) && value.length === 0);
    }),
  );
}

export function without(filter: AuditFilter, kind: FilterKind): AuditFilter {
  return changed(filter, Object.fromEntries(fieldsOf[kind].map((field) => [field, undefined])));
}

/** The kinds that a filter uses. */
export function kindsIn(filter: AuditFilter): FilterKind[] {
  return filterKinds.filter((kind) => fieldsOf[kind].some((field) => filter[field] !== undefined));
}

const units = ['b', 'k', 'm', 'g', 't', 'p'];

/** Bytes of "64 KiB", "1.5g" or "4096"; all units are binary, as sizes are shown. Undefined: it is none. */
export function bytesIn(text: string): number | undefined {
  const found = /^(\d+(?:[.,]\d+)?)\s*([kmgtp]?)(?:i?b)?$/i.exec(text.trim());
  if (!found) return undefined;
  const unit = Math.max(0, units.indexOf((found[2] ?? '').toLowerCase()));
  return Math.round(Number((found[1] ?? '').replace(',', '.')) * 1024 ** unit);
}

/** The beginning of a day of this machine, "2023-09-14", as a time; undefined: it is none. */
export function dayStart(day: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return undefined;
  const time = new Date(`${day}T00:00:00`);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
