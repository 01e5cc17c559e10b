import { type Amounts, type AuditRow, type AuditState, auditStates, type MapNode } from '../../shared/audit.ts';
import type { BucketRule } from '../../shared/minio.ts';

/** A bucket's or prefix's objects by state, `auditStates` order. */
interface Leaf {
  bucket: string;
  prefix: string;
  objects: number[];
  /** Which part is read while it runs, 0 to 1. */
  read: number;
  key: string;
}

const mix = (states: Partial<Record<AuditState, number>>): number[] => auditStates.map((state) => states[state] ?? 0);
const meanBytes = [412_000, 700_000, 90_000, 2_400_000, 3_100_000, 96_000];

const plan: readonly [string, BucketRule | undefined, readonly [string, Partial<Record<AuditState, number>>, number][]][] = [
  [
    'customer-documents-eu-central-production',
    { kind: 'sse-kms', key: 'minio-docs' },
    [
      ['2025/', { 'sse-kms': 181_004 }, 1],
      ['2026/', { 'sse-kms': 148_212 }, 1],
      ['2024/', { 'sse-kms': 96_310 }, 0.62],
      ['2023/', { 'sse-kms': 16_422, plaintext: 9_204, unreadable: 40, 'sse-s3': 5_058 }, 0.55],
      ['templates/', { 'sse-kms': 3_120 }, 1],
    ],
  ],
  [
    'invoices-archive',
    { kind: 'sse-s3' },
    [
      ['2025/', { 'sse-s3': 74_210 }, 0.82],
      ['2024/', { 'sse-s3': 70_118 }, 0.51],
      ['2026/', { 'sse-s3': 58_204 }, 1],
      ['older/', { 'sse-s3': 40_392, plaintext: 2_113 }, 0.93],
    ],
  ],
  [
    'analytics-parquet',
    { kind: 'sse-kms', key: 'minio-analytics' },
    [
      ['events/', { 'sse-kms': 112_480 }, 0.22],
      ['sessions/', { 'sse-kms': 61_822 }, 0.25],
      ['daily/', { 'sse-kms': 8_415 }, 0.1],
    ],
  ],
  [
    'backups-nightly',
    { kind: 'sse-kms', key: 'minio-default' },
    [
      ['postgres/', { 'sse-kms': 88_214 }, 1],
      ['etcd/', { 'sse-kms': 41_630 }, 0.68],
      ['gitea/', { 'sse-kms': 30_188 }, 0.2],
      ['vault-raft/', { 'sse-kms': 9_025 }, 0.7],
    ],
  ],
  [
    'media-originals',
    { kind: 'sse-s3' },
    [
      ['raw/', { 'sse-s3': 61_240 }, 0.6],
      ['graded/', { 'sse-s3': 38_112 }, 0.42],
      ['proxies/', { 'sse-s3': 31_562, unknown: 1_388 }, 0.95],
    ],
  ],
  [
    'app-logs',
    { kind: 'sse-kms', key: 'minio-default' },
    [
      ['ingress/', { 'sse-kms': 31_210 }, 1],
      ['audit/', { 'sse-kms': 18_094 }, 1],
      ['jobs/', { 'sse-kms': 10_000 }, 0.4],
    ],
  ],
  [
    'legal-hold',
    { kind: 'sse-kms', key: 'minio-legal' },
    [
      ['cases/', { 'sse-kms': 21_410 }, 0],
      ['mail/', { 'sse-kms': 7_283 }, 0],
    ],
  ],
  [
    'hr-payroll',
    { kind: 'none' },
    [
      ['runs/', { 'sse-c': 4_100 }, 1],
      ['contracts/', { 'sse-c': 2_818 }, 1],
    ],
  ],
  [
    'tmp-exchange',
    { kind: 'none' },
    [
      ['in/', { plaintext: 402 }, 1],
      ['out/', { plaintext: 312 }, 1],
    ],
  ],
];

/** `many`: buckets with long names, some of them deep, up to 10,000 leaves, for the map's limits. */
export function leavesOf(many: boolean): { leaves: Leaf[]; rules: Map<string, BucketRule | undefined> } {
  const rules = new Map(plan.map(([name, rule]) => [name, rule]));
  const leaves: Leaf[] = plan.flatMap(([bucket, rule, prefixes]) =>
    prefixes.map(([prefix, states, read]) => ({
      bucket,
      prefix,
      objects: mix(states),
      read,
      key: rule?.kind === 'sse-kms' ? rule.key : 'minio-default',
    })),
  );
  if (!many) return { leaves, rules };
  for (let at = 0; at < 100; at++) {
    const bucket = `customer-documents-eu-central-shard-${String(at).padStart(4, '0')}`;
    rules.set(bucket, at % 5 === 0 ? { kind: 'none' } : { kind: 'sse-kms', key: 'minio-docs' });
    for (let part = 0; part < 100; part++) {
      const size = 40 + ((at * 7919 + part * 104_729) % 9_000);
      const state: AuditState = at % 5 === 0 && part % 9 === 0 ? 'plaintext' : at % 3 === 0 ? 'sse-s3' : 'sse-kms';
      leaves.push({
        bucket,
        prefix: `part-${String(part).padStart(3, '0')}/`,
        objects: mix({ [state]: size }),
        read: 1,
        key: 'minio-docs',
      });
    }
  }
  return { leaves, rules };
}

const add = (a: number[], b: number[]): number[] => a.map((value, at) => value + (b[at] ?? 0));
export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** What of a leaf is read at `done` of all, 0 to 1. */
export function readOf(leaf: Leaf, done: number): number[] {
  const part = done >= 1 ? 1 : Math.min(1, leaf.read * (done / 0.72));
  return leaf.objects.map((count) => Math.round(count * part));
}

export function amountsOf(leaves: readonly Leaf[], done: number): Amounts {
  const objects = leaves.reduce((all, leaf) => add(all, readOf(leaf, done)), mix({}));
  return { objects, bytes: objects.map((count, at) => count * (meanBytes[at] ?? 0)) };
}

function nodeOf(name: string, bucket: string | undefined, prefix: string, leaves: readonly Leaf[], done: number): MapNode {
  const { objects, bytes } = amountsOf(leaves, done);
  const notRead = sum(leaves.flatMap(({ objects: all }) => all)) - sum(objects);
  return { name, bucket, prefix, objects, bytes, ...(notRead > 0 ? { notRead } : {}), deeper: true };
}

/** The map below a place: buckets and their prefixes; below a prefix twelve made-up months. */
export function mapOf(leaves: readonly Leaf[], done: number, bucket: string | undefined, prefix: string): MapNode {
  const here = leaves.filter(
    (leaf) => (bucket === undefined || leaf.bucket === bucket) && leaf.prefix.startsWith(prefix.split('/')[0] ?? ''),
  );
  const top = nodeOf(prefix === '' ? (bucket ?? '') : prefix, bucket, prefix, here, done);
  if (bucket === undefined) {
    top.children = [...new Set(leaves.map((leaf) => leaf.bucket))].map((name) => {
      const own = leaves.filter((leaf) => leaf.bucket === name);
      return { ...nodeOf(name, name, '', own, done), children: own.map((leaf) => nodeOf(leaf.prefix, name, leaf.prefix, [leaf], done)) };
    });
  } else if (prefix === '') {
    top.children = here.map((leaf) => ({ ...nodeOf(leaf.prefix, bucket, leaf.prefix, [leaf], done), children: monthsOf(leaf, done) }));
  } else {
    const [leaf] = here;
    if (leaf && /^[^/]*\/$/.test(prefix)) top.children = monthsOf(leaf, done);
  }
  return top;
}

function monthsOf(leaf: Leaf, done: number): MapNode[] {
  const read = readOf(leaf, done);
  const left = sum(leaf.objects) - sum(read);
  return Array.from({ length: 12 }, (_, at) => {
    const part = (values: number[]): number[] => values.map((value) => Math.floor(value / 12) + (at < value % 12 ? 1 : 0));
    const objects = part(read);
    const name = `${String(at + 1).padStart(2, '0')}/`;
    return {
      name,
      bucket: leaf.bucket,
      prefix: `${leaf.prefix}${name}`,
      objects,
      bytes: objects.map((count, state) => count * (meanBytes[state] ?? 0)),
      ...(left > 11 ? { notRead: Math.floor(left / 12) } : {}),
      deeper: false,
    };
  });
}

/** Runs of rows alike, so that a page of a million is made without making the others. */
export function rowsOf(
  leaves: readonly Leaf[],
  done: number,
  wanted: (leaf: { bucket: string; prefix: string }, state: AuditState, key: string) => boolean,
  offset: number,
  limit: number,
): { rows: AuditRow[]; total: number } {
  const rows: AuditRow[] = [];
  let total = 0;
  let base = 0;
  for (const leaf of leaves) {
    for (const [at, count] of readOf(leaf, done).entries()) {
      const state = auditStates[at] ?? 'unknown';
      const key = state === 'unreadable' ? 'minio-docs-2023' : state === 'sse-kms' ? leaf.key : '';
      if (count > 0 && wanted(leaf, state, key)) {
        for (let index = Math.max(0, offset - total); index < count && rows.length < limit; index++) {
          rows.push(rowOf(leaf, state, key, base + index, index));
        }
        total += count;
      }
      base += leaf.objects[at] ?? 0;
    }
  }
  return { rows, total };
}

const names = [
  'contract-{n}-signed.pdf',
  'id-scan-{n}.jpg',
  '合同/{n}-框架协议.pdf',
  'onboarding/{n} Begrüßung.docx',
  'statement-{n}.csv',
  'annex A + B/{n}.pdf',
];
function rowOf(leaf: Leaf, state: AuditState, key: string, row: number, index: number): AuditRow {
  const encrypted = state.startsWith('sse') || state === 'unreadable';
  const month = String((index % 12) + 1).padStart(2, '0');
  const year = state === 'plaintext' || state === 'unreadable' ? 2023 : 2026;
  const name = (names[row % names.length] ?? '{n}').replace('{n}', String(4417 + index).padStart(6, '0'));
  return {
    row,
    bucket: leaf.bucket,
    key: `${leaf.prefix}${month}/${name}`,
    latest: true,
    deleteMarker: false,
    state,
    ...(state === 'unreadable' ? { listed: 'sse-kms' as const } : {}),
    ...(key === '' ? {} : { kmsKey: key }),
    context: row % 29 === 0 && state === 'sse-kms',
    multipart: row % 17 === 0,
    size: 900 + ((row * 7919) % 2_600_000),
    modifiedAt: new Date(Date.UTC(year, index % 12, 1 + (row % 28), row % 24, row % 60)).toISOString(),
    opens: !encrypted
      ? { answer: 'notTested' }
      : state === 'unreadable'
        ? {
            answer: 'no',
            how: index % 9 === 0 ? 'read' : 'sample',
            error: { code: 'kmsKeyNotFound', details: { key, bucket: leaf.bucket, where: leaf.bucket } },
          }
        : { answer: 'yes', how: 'sample' },
  };
}
