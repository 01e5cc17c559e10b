import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeAudit } from '../../../../shared/audit.testSupport.ts';
import type { Audit } from '../../../../shared/audit.ts';
import { type BucketFacts, type Commit, deleteMarkerState, type Entries, flag } from '../work.ts';

/** A folder for files of one test file, and its end. */
export function testFolder(): { file: (name: string) => string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'sealdeck-store-'));
  return { file: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The same numbers for the same seed. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One entry as a test thinks of it. */
export interface Made {
  bucket: number;
  key: string;
  version?: string;
  size: number;
  modified: number;
  state: number;
  kmsKey: string;
  latest: boolean;
  reason?: string;
}

const hostile = [
  'it\'s "quoted"',
  '100%_done',
  'line\nbreak',
  '\t',
  '😀',
  '\u{10ffff}',
  '\ue000',
  '汉字',
  '..',
  'a+b&c<d>',
  "'; DROP TABLE objects; --",
  '*?[x]',
];
const begin = Date.UTC(2026, 0, 1);

/** Objects of every state with keys of every shape, in the order of buckets and keys, newest version first. */
export function madeObjects(count: number, options: { seed?: number; buckets?: number; versions?: boolean } = {}): Made[] {
  const random = randomOf(options.seed ?? 1);
  const keys = new Set<string>();
  while (keys.size < count) {
    const parts = Array.from({ length: random(4) }, () =>
      random(6) === 0 ? (hostile[random(hostile.length)] ?? '') : `folder-${random(5)}`,
    );
    const name = random(8) === 0 ? (hostile[random(hostile.length)] ?? '') : `object-${random(count * 4)}`;
    const key = [...parts, random(40) === 0 ? '' : name].join('/') || 'x';
    keys.add(random(100) === 0 ? `${key}${'ü'.repeat(Math.floor((1024 - Buffer.byteLength(key)) / 2))}` : key);
  }
  const made = [...keys].flatMap((key): Made[] => {
    const bucket = random(options.buckets ?? 2);
    const versions = options.versions ? 1 + random(3) : 1;
    return Array.from({ length: versions }, (_, at) => {
      const state = options.versions && random(10) === 0 ? deleteMarkerState : random(6);
      const kmsKey = state === 5 ? `key-${random(3)}` : '';
      return {
        bucket,
        key,
        ...(options.versions ? { version: `v${versions - at}-${random(1_000_000)}` } : {}),
        size: state === deleteMarkerState || key.endsWith('/') || random(12) === 0 ? 0 : random(5000),
        modified: begin + random(1_000_000) * 1000,
        state,
        kmsKey,
        latest: at === 0,
        ...(state === 2 ? { reason: `reason-${random(3)}` } : {}),
      };
    });
  });
  // A stable sort: versions of a key stay as they are.
  return made.sort((a, b) => a.bucket - b.bucket || Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

/** Entries of one bucket as the reader sends them. */
export function entriesOf(made: Made[], versions = made.some(({ version }) => version !== undefined)): Entries {
  const names = [...new Set(made.map(({ kmsKey }) => kmsKey))].filter((name) => name !== '');
  return {
    bucket: made[0]?.bucket ?? 0,
    keys: made.map(({ key }) => key),
    ...(versions ? { versions: made.map(({ version }) => version ?? '') } : {}),
    sizes: Float64Array.from(made, ({ size }) => size),
    modified: Float64Array.from(made, ({ modified }) => modified),
    states: Uint8Array.from(made, ({ state }) => state),
    kmsKeys: Uint16Array.from(made, ({ kmsKey }) => names.indexOf(kmsKey) + 1),
    names,
    flags: Uint8Array.from(made, ({ latest }) => (latest ? flag.latest : 0)),
    reasons: made.flatMap(({ reason }, at): Entries['reasons'] =>
      reason ? [[at, { code: 'auditNotEncrypted', params: { reason } }]] : [],
    ),
  };
}

/** Commits of at most `size` objects, one bucket each, in an order that ranges could have. */
export function commitsOf(made: Made[], size: number): Commit[] {
  const commits: Commit[] = [];
  for (let from = 0; from < made.length; ) {
    const bucket = made[from]?.bucket ?? 0;
    let to = from;
    while (to < made.length && to - from < size && made[to]?.bucket === bucket) to += 1;
    const part = made.slice(from, to);
    const done = made[to]?.bucket !== bucket;
    commits.push({ entries: entriesOf(part), ranges: [{ id: bucket + 1, bucket, after: part.at(-1)?.key ?? '', done }] });
    from = to;
  }
  return commits;
}

export const factsOf = (buckets: number): BucketFacts[] => Array.from({ length: buckets }, (_, at) => ({ name: `bucket-${at}` }));

export const runningAudit = (): Audit => madeAudit({ state: 'running', phase: 'listing', workedMs: 0, buckets: { done: 0, total: 0 } });
