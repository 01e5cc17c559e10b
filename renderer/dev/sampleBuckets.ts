import type { BucketRow, WhatWins } from '../../shared/buckets.ts';
import type { BucketRule } from '../../shared/minio.ts';
import type { Text } from '../../shared/text.ts';
import type { Input, Output, ProcedureName } from '../rpc/client.ts';

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
const quote = (code: string, params?: Record<string, string | number>): Text => ({ code, params }) as unknown as Text;
const docs: BucketRule = { kind: 'sse-kms', key: 'minio-docs' };
const byDefault: BucketRule = { kind: 'sse-kms', key: 'minio-default' };
const s3: BucketRule = { kind: 'sse-s3' };
const none: BucketRule = { kind: 'none' };
const auditId = '20261121T131200-1a2b3c4d';

function row(
  name: string,
  rule: BucketRule | undefined,
  versioning: BucketRow['versioning'],
  objects: number,
  share: number,
  more = {},
): BucketRow {
  const plaintext = { objects, bytes: objects * 40_000, share, at: ago(90_000), auditId };
  return { name, ...(rule ? { rule } : {}), ...(versioning ? { versioning } : {}), plaintext, errors: [], ...more };
}

function rowsOf(kind: string): BucketRow[] {
  const few = [
    row('customer-documents-eu-central-production', docs, 'on', 9204, 0.02),
    row('backups-nightly', { kind: 'sse-kms', key: 'minio-backups' }, 'on', 0, 0, { lock: { mode: 'COMPLIANCE', days: 30 } }),
    row('invoices-archive', s3, 'on', 2113, 0.0091, { lock: { mode: 'GOVERNANCE', years: 10 }, requiresHeader: true }),
    row('media-originals', none, 'off', 0, 0),
    row('analytics-parquet', byDefault, 'suspended', 1, 0.00001),
    { name: 'app-logs', rule: byDefault, versioning: 'off' as const, errors: [] },
    row('hr-payroll', s3, 'on', 0, 0),
    { name: 'legal-hold', errors: [{ code: 'minioAccessDenied' }] },
    row('tmp-exchange', none, 'off', 714, 1),
  ];
  if (kind === 'none') return [];
  if (kind === 'one') return few.slice(0, 1);
  if (kind === 'nokms') return few.map(({ rule: _, ...bucket }) => ({ ...bucket, rule: none }));
  if (kind !== 'many') return few;
  return Array.from({ length: 300 }, (_, at) => ({
    ...(few[at % few.length] ?? row('x', s3, 'on', 0, 0)),
    name: `tenant-${String(at).padStart(3, '0')}-documents`,
  }));
}

function kmsOf(kind: string): Output<'buckets.list'>['kms'] {
  const defaultKey = 'minio-default';
  if (kind === 'nokms') return { kind: 'none', autoEncryption: false, says: quote('bucketKmsNone'), next: quote('bucketKmsNoneNext') };
  if (kind === 'static')
    return {
      ...{ kind: 'static', defaultKey, autoEncryption: true },
      ...{ says: quote('bucketKmsStatic', { key: defaultKey }), next: quote('bucketKmsStaticNext', { key: defaultKey }) },
    };
  const hosts = 'kes-1.example.net:7373';
  if (kind === 'kesdown') return { kind: 'kes', defaultKey, autoEncryption: false, says: quote('bucketKmsKesDown', { hosts }) };
  return { kind: 'kes', defaultKey, autoEncryption: kind === 'auto', says: quote('bucketKmsKes', { hosts, key: defaultKey }) };
}

/** Cells as a real MinIO answered them; `part`: a MinIO beside which no second one can be started. */
function wonOf(kind: string): WhatWins {
  const rules = ['none', 'sse-s3', 'sse-kms'] as const;
  const headers = ['none', 'AES256', 'aws:kms', 'sse-c'] as const;
  const cells = [false, true].flatMap((autoEncryption) =>
    rules.flatMap((rule) =>
      headers.map((header): WhatWins['cells'][number] => {
        const place = { rule, header, autoEncryption };
        const state =
          header === 'sse-c'
            ? 'sse-c'
            : header === 'AES256'
              ? 'sse-s3'
              : header === 'aws:kms' || (rule === 'none' && autoEncryption)
                ? 'sse-kms'
                : rule === 'none'
                  ? 'plaintext'
                  : rule;
        if (kind === 'part' && autoEncryption) return { ...place, why: quote('bucketWinsElsewhere') };
        const key = state !== 'sse-kms' ? undefined : rule === 'sse-kms' && header === 'none' ? 'minio-docs' : 'minio-default';
        return { ...place, found: { state, ...(key ? { key } : {}) }, kesCalls: state === 'plaintext' || state === 'sse-c' ? 0 : 1 };
      }),
    ),
  );
  return { at: ago(260), cells, kesCounts: kind !== 'part' };
}

/**
 * `buckets.*` for screens without an engine; an undo always fails. Scenarios: `buckets-few`, `-none`, `-one`, `-many` (300), `-nokms`, `-static`, `-kesdown`,
 * `-auto`, `-keyfails`, `-denied`, `-won`, `-part`.
 */
export function sampleBuckets(scenario: string): (name: ProcedureName, input: unknown) => unknown {
  const kind = scenario.slice('buckets-'.length);
  const buckets = rowsOf(kind);
  let denied = kind === 'denied';
  return (name, input) => {
    switch (name) {
      case 'buckets.list':
        return { buckets, kms: kmsOf(kind), at: ago(20) } satisfies Output<'buckets.list'>;
      case 'buckets.undos':
        return {
          undos: [400, 5000, 90_000].map((age, at) => ({
            id: `20261122T02000${at}-1a2b3c4d`,
            at: ago(age),
            changes: buckets
              .slice(0, at + 1)
              .map(({ name: bucket }, n) => ({ bucket, from: n === 0 ? none : s3, to: at === 1 ? none : docs })),
          })),
        } satisfies Output<'buckets.undos'>;
      case 'buckets.plan': {
        const { buckets: chosen, rule } = input as Input<'buckets.plan'>;
        const at = ago(6);
        const broken = { ok: false, error: { code: 'minioKeyFails', details: { key: 'minio-default', reason: 'kes: no connection' } }, at };
        return {
          changes: chosen.map((bucket) => ({
            bucket,
            ...(buckets.find((one) => one.name === bucket)?.rule ? { from: buckets.find((one) => one.name === bucket)?.rule } : {}),
            to: rule,
          })),
          keyWorks: kind === 'keyfails' || kind === 'kesdown' || kind === 'nokms' ? broken : { ok: true, at },
          affects: [
            { level: 'ok', text: quote('bucketAffectsSilent', { rule: rule.kind === 'sse-kms' ? `SSE-KMS with ${rule.key}` : 'SSE-S3' }) },
            { level: 'ok', text: quote('bucketAffectsNoRight') },
            { level: 'warn', text: quote('bucketAffectsHeaders') },
          ],
          doesNot: [
            quote('bucketLeavesPlain', { count: 2827 }),
            quote('bucketLeavesKeys', { count: 230_924 }),
            quote('bucketLeavesBegun'),
            quote('bucketLeavesPrefix'),
            quote('bucketLeavesUndo'),
          ],
          stays: chosen.slice(0, 2).map((bucket) => ({ bucket, objects: 714, auditId })),
          commands: chosen.slice(0, 8).map((bucket) => `mc encrypt set sse-kms minio-docs sealdeck/${bucket}`),
        } as Output<'buckets.plan'>;
      }
      case 'buckets.policyPlan': {
        const { bucket, prefix = '' } = input as Input<'buckets.policyPlan'>;
        const statement = (principal: boolean): string =>
          JSON.stringify(
            {
              Version: '2012-10-17',
              Statement: [
                {
                  Sid: 'SealdeckRequireEncryption',
                  Effect: 'Deny',
                  ...(principal ? { Principal: { AWS: ['*'] } } : {}),
                  Action: ['s3:PutObject'],
                  Resource: [`arn:aws:s3:::${bucket}/${prefix}*`],
                  Condition: { Null: { 's3:x-amz-server-side-encryption': ['true'] } },
                },
              ],
            },
            null,
            2,
          );
        return {
          denied,
          same: denied,
          ...(denied ? { before: statement(true) } : {}),
          after: statement(true),
          forUsers: statement(false),
          userCommands: [
            `mc admin policy create sealdeck require-encryption-${bucket} user-policy.json`,
            `mc admin policy attach sealdeck require-encryption-${bucket} --user "$MINIO_USER"`,
          ],
          warns: ['bucketDenyUsers', 'bucketDenyNobody', 'bucketDenyRoot', 'bucketDenyParts', 'bucketDenyRule'].map((code) => quote(code)),
          commands: [`mc anonymous set-json bucket-policy.json sealdeck/${bucket}`],
        } satisfies Output<'buckets.policyPlan'>;
      }
      case 'buckets.policySet':
        denied = (input as Input<'buckets.policySet'>).mode.kind !== 'none';
        return { denied } satisfies Output<'buckets.policySet'>;
      case 'buckets.whatWon':
        return (kind === 'won' || kind === 'part' ? { last: wonOf(kind) } : {}) satisfies Output<'buckets.whatWon'>;
      case 'kes.keys':
        return kind === 'kesdown' ? undefined : { keys: ['minio-backups', 'minio-default', 'minio-docs'].map((key) => ({ name: key })) };
      case 'inPlace.list':
        return { runs: [] } satisfies Output<'inPlace.list'>;
      default:
        return undefined;
    }
  };
}
