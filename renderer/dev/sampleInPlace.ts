import type { InPlace, InPlacePlan, InPlaceRow } from '../../shared/inPlace.ts';
import type { Text } from '../../shared/text.ts';
import type { Input, Output, ProcedureName } from '../rpc/client.ts';

const stackId = 'local-lab';
const bucket = 'customer-documents-eu-central-production';
const id = (at: number): string => `20261122T02${String(at).padStart(2, '0')}00-1a2b3c4d`;
const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
const quote = (code: string, params?: Record<string, string | number>): Text => ({ code, params }) as unknown as Text;

/** Each kind of plan and run, in this order, by id. */
const kinds = [
  'plan',
  'history',
  'nothing',
  'planning',
  'running',
  'waiting',
  'paused',
  'keygone',
  'interrupted',
  'failed',
  'cancelled',
  'done',
  'left',
  'alarm',
] as const;
type Kind = (typeof kinds)[number];

function planOf(kind: Kind, at: number): InPlacePlan {
  const history = kind === 'history';
  const of = { noncurrent: { versions: 0, bytes: 0 }, locked: { versions: 0, holds: 0 } };
  return {
    ...{ id: id(at), at: ago(60), objects: kind === 'nothing' ? 0 : 9918, bytes: kind === 'nothing' ? 0 : 41_800_000_000 },
    ...{ seconds: 1260, rateFrom: history ? 'earlier' : 'assumed' },
    buckets:
      kind === 'nothing'
        ? []
        : [
            {
              ...{
                bucket,
                versioning: 'on',
                objects: 9204,
                bytes: 41_000_000_000,
                extraBytes: history ? 5e8 : 41_000_000_000,
                extraStays: !history,
              },
              ...{ noncurrent: { versions: 1802, bytes: 9e9 }, locked: { versions: 214, holds: 3, until: '2033-01-01T00:00:00Z' } },
            },
            { ...of, bucket: 'tmp-exchange', versioning: 'off', objects: 713, bytes: 8e8, extraBytes: 1e7, extraStays: false },
            { ...of, bucket: 'analytics-parquet', versioning: 'suspended', objects: 1, bytes: 900, extraBytes: 900, extraStays: false },
          ],
    leftOut: [
      { reason: quote('inPlaceLeftCustomerKey'), objects: 6918, sample: ['hr-payroll/2024/01.xlsx', 'hr-payroll/2024/02.xlsx'] },
      {
        reason: quote('inPlaceLeftUnreadable'),
        objects: 22,
        sample: [`${bucket}/2023/contract-with-a-very-long-name-that-is-shortened-in-the-middle.pdf`],
      },
      { reason: quote('inPlaceLeftSinceAudit'), objects: 1, sample: ['tmp-exchange/a'] },
    ],
    warns: [
      quote('inPlaceWarnNoRule', { bucket: 'tmp-exchange' }),
      ...(history
        ? [quote('inPlaceWarnHistory'), quote('inPlaceWarnOldIsCurrent'), quote('inPlaceWarnLocked', { count: 214 })]
        : [quote('inPlaceWarnOlderStay', { count: 1802 }), quote('inPlaceWarnVersions')]),
      quote('inPlaceWarnNoVersions', { bucket: 'tmp-exchange' }),
      quote('inPlaceWarnSuspended', { bucket: 'analytics-parquet' }),
      ...['inPlaceWarnModified', 'inPlaceWarnEvents', 'inPlaceWarnEtag', 'inPlaceWarnCustomerKey'].map((code) => quote(code)),
    ],
    checks: ['inPlaceCheckFacts', 'inPlaceCheckByte', 'inPlaceCheckWhole'].map((code) => quote(code)),
    commands: history
      ? []
      : [
          {
            comment: quote('inPlaceCommandAll'),
            line: `mc cp --recursive --enc-kms sealdeck/${bucket}/=minio-docs sealdeck/${bucket}/ sealdeck/${bucket}/`,
          },
          {
            comment: quote('inPlaceCommandRule', { bucket: 'tmp-exchange' }),
            line: 'mc encrypt set sse-kms minio-docs sealdeck/tmp-exchange',
          },
        ],
  };
}

const errors = {
  away: { code: 'networkRefused', details: { host: 'minio-1.example.net:9000', where: 'minio-1.example.net:9000' } },
  keyGone: { code: 'inPlaceTargetKeyGone', details: { where: `${bucket}/2023/letter.pdf` } },
  disk: { code: 'inPlaceDiskFull', details: { path: '/var/lib/sealdeck' } },
  changed: { code: 'inPlaceChanged', details: { where: `${bucket}/2023/letter.pdf` } },
} as const;

function runOf(kind: Kind, at: number): InPlace {
  const begun = !['plan', 'history', 'nothing', 'planning'].includes(kind);
  const states: Record<Kind, InPlace['state']> = {
    ...{ plan: 'planned', history: 'planned', nothing: 'planned', planning: 'planning', running: 'running', waiting: 'running' },
    ...{ paused: 'paused', keygone: 'paused', interrupted: 'interrupted', failed: 'failed', cancelled: 'cancelled' },
    ...{ done: 'ended', left: 'ended', alarm: 'ended' },
  };
  const ended = states[kind] === 'ended';
  const counts: InPlace['counts'] = !begun
    ? {}
    : kind === 'done'
      ? { done: 9918 }
      : {
          done: ended ? 9680 : 4120,
          changed: 12,
          locked: 214,
          failed: 1,
          ...(kind === 'alarm' ? { unproven: 2 } : {}),
          waits: ended ? 0 : 5500,
        };
  const done = begun ? (ended ? 9918 : 4347) : 0;
  const [total, totalBytes] = kind === 'nothing' || kind === 'planning' ? [0, 0] : [9918, 41_800_000_000];
  return {
    ...{ id: id(at), stackId, mode: kind === 'history' || kind === 'alarm' ? 'history' : 'current', state: states[kind] },
    scope:
      at % 2 === 0
        ? { from: 'audit', auditId: '20261121T131200-1a2b3c4d', filter: { states: ['plaintext'] } }
        : { from: 'prefix', bucket, prefix: '2023/' },
    target: at % 3 === 0 ? { kind: 'sse-s3' } : { kind: 'sse-kms', key: 'minio-docs' },
    ...{ total, totalBytes, done, doneBytes: (totalBytes * done) / Math.max(1, total), counts, deleted: kind === 'alarm' ? 1 : 0 },
    ...(states[kind] === 'planning' ? {} : { plan: planOf(kind, at) }),
    ...(states[kind] === 'running' ? { rate: 212, secondsLeft: 26 } : {}),
    ...(kind === 'waiting' ? { waitsFor: errors.away } : {}),
    ...(kind === 'keygone' ? { error: errors.keyGone } : kind === 'failed' ? { error: errors.disk } : {}),
    ...(begun ? { startedAt: ago(300) } : {}),
    ...(ended ? { endedAt: ago(20) } : {}),
    at: ago(at * 30_000),
  };
}

function rowAt(n: number, outcomes: readonly InPlaceRow['outcome'][]): InPlaceRow {
  const outcome = outcomes[n % outcomes.length] ?? 'done';
  return {
    ...{ bucket, key: `2023/11/letter-${String(n).padStart(5, '0')}-to-the-tax-office.pdf`, size: 4_200_000 + n * 17_000, outcome },
    from: { state: 'plaintext' },
    ...(outcome === 'done' ? { landed: { state: 'sse-kms', key: 'minio-docs' } } : {}),
    ...(outcome === 'changed' || outcome === 'refused' || outcome === 'failed' || outcome === 'unproven' ? { error: errors.changed } : {}),
  };
}

/** `inPlace.*` for screens without an engine: scenario `inplace` has a plan or run of every kind. */
export function sampleInPlace(): (name: ProcedureName, input: unknown) => unknown {
  const runs = kinds.map((kind, at) => runOf(kind, at));
  return (name, input) => {
    switch (name) {
      case 'inPlace.list':
        return { runs } satisfies Output<'inPlace.list'>;
      case 'buckets.list':
        return {
          buckets: [{ name: 'tmp-exchange', rule: { kind: 'none' }, errors: [] }],
          kms: {
            kind: 'kes',
            defaultKey: 'minio-default',
            autoEncryption: false,
            says: quote('bucketKmsKes', { hosts: 'kes', key: 'minio-default' }),
          },
          at: ago(5),
        } satisfies Output<'buckets.list'>;
      case 'inPlace.get':
        return runs.find((run) => run.id === (input as Input<'inPlace.get'>).id);
      case 'inPlace.rows': {
        const { outcomes = ['done'], offset = 0, limit = 100 } = input as Input<'inPlace.rows'>;
        const rows = Array.from({ length: Math.min(limit, 227 - offset) }, (_, at) => rowAt(offset + at, outcomes));
        return { rows, total: 227 } satisfies Output<'inPlace.rows'>;
      }
      case 'uploads.choices':
        return {
          choices: [
            { kind: 'rule', reason: quote('uploadChoiceRule', { rule: 'SSE-KMS, minio-docs' }) },
            { kind: 'sse-s3', reason: quote('uploadChoiceSseS3Key', { key: 'minio-default' }) },
            { kind: 'sse-kms', reason: quote('uploadChoiceSseKmsKeys', { count: 3 }) },
            {
              kind: 'sse-c',
              reason: quote('uploadChoiceSseC'),
              refused: { code: 'uploadRefusedNoTls', details: { host: 'minio-1.example.net:9000' } },
            },
          ],
          keys: ['minio-backups', 'minio-default', 'minio-docs'],
          more: false,
          defaultKey: 'minio-default',
        } satisfies Output<'uploads.choices'>;
      case 'objects.bucket':
        return {
          rule: { value: { kind: 'sse-kms', key: 'minio-docs' } },
          versioning: { value: 'on' },
          lock: { value: { on: false } },
          quota: {},
          usage: {},
        };
      case 'objects.customerKeys':
        return { keys: [] } satisfies Output<'objects.customerKeys'>;
      default:
        return undefined;
    }
  };
}
