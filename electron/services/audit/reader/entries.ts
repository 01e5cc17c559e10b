import { auditStates } from '../../../../shared/audit.ts';
import { deleteMarkerState, type Entries, flag } from '../work.ts';
import type { Known } from './known.ts';

const numberOf = new Map<string, number>(auditStates.map((state, index) => [state, index]));

/** Entries as columns, as they travel to the store. */
export function columnsOf(bucket: number, known: readonly Known[], versions: boolean): Entries {
  const count = known.length;
  const names = new Map<string, number>();
  const columns: Entries = {
    bucket,
    keys: new Array<string>(count),
    ...(versions ? { versions: new Array<string>(count) } : {}),
    sizes: new Float64Array(count),
    modified: new Float64Array(count),
    states: new Uint8Array(count),
    kmsKeys: new Uint16Array(count),
    names: [],
    flags: new Uint8Array(count),
    reasons: [],
  };
  for (let index = 0; index < count; index++) {
    const entry = known[index];
    if (!entry) continue;
    columns.keys[index] = entry.key;
    if (columns.versions) columns.versions[index] = entry.versionId ?? 'null';
    columns.sizes[index] = entry.size;
    columns.modified[index] = entry.modifiedAt;
    columns.states[index] = entry.deleteMarker ? deleteMarkerState : (numberOf.get(entry.state ?? 'unknown') ?? 2);
    if (entry.kmsKey !== undefined) {
      const place = names.get(entry.kmsKey) ?? names.size + 1;
      names.set(entry.kmsKey, place);
      columns.kmsKeys[index] = place;
    }
    columns.flags[index] =
      (entry.latest ? flag.latest : 0) |
      (entry.context ? flag.context : 0) |
      (isMultipart(entry.etag) ? flag.multipart : 0) |
      (entry.byHead ? flag.byHead : 0);
    if (entry.reason) columns.reasons.push([index, entry.reason]);
  }
  columns.names = [...names.keys()];
  return columns;
}

/** `…-3`: the number of parts, with or without quotes. */
function isMultipart(etag: string): boolean {
  const end = etag.endsWith('"') ? etag.length - 1 : etag.length;
  let at = end;
  while (at > 0 && etag.charCodeAt(at - 1) >= 48 && etag.charCodeAt(at - 1) <= 57) at--;
  return at < end && at > 0 && etag.charCodeAt(at - 1) === 45;
}
