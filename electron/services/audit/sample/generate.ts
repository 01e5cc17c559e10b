import { type AuditState, auditStates } from '../../../../shared/audit.ts';
import type { Text } from '../../../../shared/text.ts';
import type { Entries } from '../work.ts';
import type { Folder } from './folders.ts';
import type { SamplePlace } from './places.ts';

/** Large enough for the store's pace, small enough that the engine is never held up for long. */
const batch = 5_000;

/** The objects of one bucket in the order of their folders, as the reader would send them. The same at every call. */
export function* entriesOf(bucket: number, { folders }: SamplePlace, reasons: Partial<Record<AuditState, Text>>): Generator<Entries> {
  const random = seeded(bucket + 1);
  const sorted = folders.toSorted((one, other) => Buffer.compare(Buffer.from(one.before), Buffer.from(other.before)));
  const names = [...new Set(sorted.flatMap(({ kmsKey }) => (kmsKey === undefined ? [] : [kmsKey])))];
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  let written = 0;
  let entries = empty(bucket, Math.min(batch, total), names);
  for (const folder of sorted) {
    const state = auditStates.indexOf(folder.state);
    const kmsKey = folder.kmsKey === undefined ? 0 : names.indexOf(folder.kmsKey) + 1;
    const reason = reasons[folder.state];
    const digits = String(folder.first + folder.count).length;
    for (let at = 0; at < folder.count; at += 1) {
      const place = entries.keys.length;
      entries.keys.push(folder.before + String(folder.first + at).padStart(Math.max(digits, 6), '0') + folder.after);
      entries.sizes[place] = sizeOf(folder, random());
      entries.modified[place] = Math.round(folder.from + ((folder.to - folder.from) * (at + random())) / folder.count);
      entries.states[place] = state;
      entries.kmsKeys[place] = kmsKey;
      if (reason) entries.reasons.push([place, reason]);
      written += 1;
      if (entries.keys.length === entries.sizes.length) {
        yield entries;
        entries = empty(bucket, Math.min(batch, total - written), names);
      }
    }
  }
}

function empty(bucket: number, length: number, names: string[]): Entries {
  return {
    bucket,
    keys: [],
    sizes: new Float64Array(length),
    modified: new Float64Array(length),
    states: new Uint8Array(length),
    kmsKeys: new Uint16Array(length),
    names,
    flags: new Uint8Array(length),
    reasons: [],
  };
}

/** Many small ones and a few large ones, as files are. */
function sizeOf({ sizes: [least, most] }: Folder, part: number): number {
  return Math.round(least * (most / least) ** part);
}

/** mulberry32: small, quick, and the same on every machine. */
function seeded(seed: number): () => number {
  let state = (seed * 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
