import type { EncryptionChoice } from '../../shared/encryption.ts';
import type { ObjectState } from '../../shared/objects.ts';
import type { Text } from '../../shared/text.ts';
import type { Upload, UploadItem } from '../../shared/uploads.ts';
import type { Input, Output, ProcedureName } from '../rpc/client.ts';

const stackId = 'local-lab';
const bucket = 'customer-documents-eu-central-production';
const prefix = '2026/11/';
const id = '20261122T143108-1a2b3c4d';
const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
const quote = (code: string, params?: Record<string, string | number>): Text => ({ code, params }) as unknown as Text;
const kms: ObjectState = { state: 'sse-kms', key: 'minio-docs' };

type State = UploadItem['state'];

/**
 * `uploads.*` and customers' keys for screens without an engine. Scenarios: `upload-empty` (drop files yourself; nothing is sent),
 * `upload-staged`, `upload-many` (10,000 rows), `upload-refused`, `upload-norule`, `upload-conflicts`, `upload-running`,
 * `upload-paused`, `upload-needs`, `upload-some`, `upload-alarm`, `upload-failed`, `upload-ended`, `upload-elsewhere`.
 */
export function sampleUploads(scenario: string, emit: (frame: unknown) => void): (name: ProcedureName, input: unknown) => unknown {
  const kind = scenario.slice('upload-'.length);
  const files = kind === 'many' ? 10_000 : ['alarm', 'running', 'paused', 'needs', 'some', 'elsewhere'].includes(kind) ? 338 : 6;
  const items = itemsOf(kind, files);
  const keys: Output<'objects.customerKeys'>['keys'] =
    kind === 'refused'
      ? []
      : [
          {
            id: 'ab'.repeat(16),
            name: 'archive-2026',
            md5: 'tP/LI3N87DFaSk0aoqYgzg==',
            createdAt: ago(9000),
            objects: 214,
            uploads: 3,
            runs: 0,
          },
        ];
  let uploads: Upload[] = kind === 'empty' ? [] : [uploadOf(kind, items)];

  function change(next: Upload): Upload {
    uploads = [...uploads.filter((known) => known.id !== next.id), next];
    emit({ kind: 'event', name: 'uploads.changed', payload: next });
    return next;
  }

  return (name, input) => {
    const first = uploads[0];
    switch (name) {
      case 'uploads.list':
        return { uploads } satisfies Output<'uploads.list'>;
      case 'uploads.choices':
        return choicesOf(kind);
      case 'uploads.tryKey': {
        const { key } = input as Input<'uploads.tryKey'>;
        const known = key.startsWith('minio-');
        return (
          known
            ? { ok: true, at: ago(6) }
            : { ok: false, at: ago(0), error: { code: 'uploadRefusedKey', details: { key, reason: 'kms:KeyNotFound' } } }
        ) satisfies Output<'uploads.tryKey'>;
      }
      case 'uploads.stage': {
        const { prefix: at = '', ...where } = input as Input<'uploads.stage'>;
        items.length = 0;
        return change({ ...uploadOf('staged', []), ...where, prefix: at, source: 'window' });
      }
      case 'uploads.add': {
        const from = items.length;
        for (const file of (input as Input<'uploads.add'>).files) {
          items.push({ n: items.length, path: file.path, key: `${prefix}${file.path}`, size: file.size, state: 'waits', sent: 0 });
        }
        return { ...change(uploadOf('staged', items)), first: from } satisfies Output<'uploads.add'>;
      }
      case 'uploads.retarget':
        return first && change({ ...first, prefix: (input as Input<'uploads.retarget'>).prefix });
      case 'uploads.leaveOut': {
        const { items: out } = input as Input<'uploads.leaveOut'>;
        items.splice(0, items.length, ...items.filter(({ n }) => !out.includes(n)));
        return change({ ...uploadOf('staged', items), prefix: first?.prefix ?? '' });
      }
      case 'uploads.lookForConflicts': {
        const job = {
          id: 'sample-look',
          title: quote('uploadLookJob', { where: bucket }),
          state: 'succeeded',
          done: 1,
          unit: 'objects',
          startedAt: ago(1),
          endedAt: ago(0),
        };
        setTimeout(() => emit({ kind: 'event', name: 'jobs.changed', payload: job }), 50);
        return { jobId: 'sample-look' } satisfies Output<'uploads.lookForConflicts'>;
      }
      case 'uploads.items': {
        const { states, conflicts, offset = 0, limit = 100 } = input as Input<'uploads.items'>;
        const found = items.filter((item) => (conflicts ? item.exists !== undefined : !states || states.includes(item.state)));
        return { items: found.slice(offset, offset + limit), total: found.length } satisfies Output<'uploads.items'>;
      }
      case 'uploads.take':
        return { pieces: [], phase: first?.phase ?? 'ended' } satisfies Output<'uploads.take'>;
      case 'uploads.pause':
        return first && change({ ...first, phase: 'paused' });
      case 'uploads.resume':
      case 'uploads.start':
        if (first) change({ ...first, phase: 'running' });
        return { jobId: 'sample-look' };
      case 'uploads.cancel':
        return first && change({ ...first, phase: 'ended' });
      case 'uploads.remove':
        uploads = [];
        emit({ kind: 'event', name: 'uploads.removed', payload: { stackId, id } });
        return {};
      case 'objects.customerKeys':
        return { keys } satisfies Output<'objects.customerKeys'>;
      case 'objects.makeCustomerKey': {
        const made = {
          id: 'cd'.repeat(16),
          name: (input as Input<'objects.makeCustomerKey'>).name,
          md5: 'AA==',
          createdAt: ago(0),
          objects: 0,
          uploads: 0,
          runs: 0,
        };
        keys.push(made);
        return made satisfies Output<'objects.makeCustomerKey'>;
      }
      case 'minio.buckets':
        return {
          buckets: [
            { name: bucket, rule: kind === 'alarm' || kind === 'norule' ? { kind: 'none' } : { kind: 'sse-kms', key: 'minio-docs' } },
          ],
        } satisfies Output<'minio.buckets'>;
      case 'objects.bucket':
        return {
          bucket,
          rule: { value: kind === 'alarm' ? { kind: 'none' } : { kind: 'sse-kms', key: 'minio-docs' } },
          versioning: { value: 'on' },
          lock: { value: { on: false } },
          quota: { value: 0 },
          usage: {},
        } satisfies Output<'objects.bucket'>;
      case 'objects.list':
        return {
          scanned: 6,
          prefixes: [`${prefix}annex/`, `${prefix}scans/`],
          objects: ['contract-009120-signed.pdf', 'contract-009121-signed.pdf', '合同-2026-1121-补充协议.pdf', 'summary-week-47.xlsx'].map(
            (file, at) => ({
              key: `${prefix}${file}`,
              size: 402_000 + at * 71_000,
              modifiedAt: ago(7200 + at * 900),
              encryption: kms,
            }),
          ),
        } satisfies Output<'objects.list'>;
      default:
        return undefined;
    }
  };
}

const errors = {
  noKms: { code: 'kmsNotConfigured', details: {} },
  noTls: { code: 'uploadRefusedNoTls', details: {} },
  name: { code: 'uploadNameTooLong', details: { bytes: 1180 } },
  changed: { code: 'uploadSourceChanged', details: { name: 'scan-0333.pdf', reason: 'size' } },
};

function choicesOf(kind: string): Output<'uploads.choices'> {
  const bare = kind === 'alarm' || kind === 'norule';
  const refused = kind === 'refused';
  return {
    choices: [
      bare
        ? { kind: 'rule', reason: quote('uploadChoiceNoRule') }
        : { kind: 'rule', reason: quote('uploadChoiceRule', { rule: 'SSE-KMS, minio-docs' }) },
      { kind: 'sse-s3', reason: quote('uploadChoiceSseS3Key', { key: 'minio-default' }), ...(refused ? { refused: errors.noKms } : {}) },
      { kind: 'sse-kms', reason: quote('uploadChoiceSseKmsKeys', { count: 4 }), ...(refused ? { refused: errors.noKms } : {}) },
      { kind: 'sse-c', reason: quote('uploadChoiceSseC'), ...(refused ? { refused: errors.noTls } : {}) },
    ],
    keys: ['minio-default', 'minio-docs', 'minio-docs-2023', 'minio-legal'],
    more: kind === 'many',
    defaultKey: 'minio-default',
    versioning: kind === 'conflicts' ? 'off' : 'on',
  };
}

function itemsOf(kind: string, files: number): UploadItem[] {
  if (kind === 'empty') return [];
  const done =
    kind === 'alarm'
      ? 216
      : files > 200 && kind !== 'many'
        ? 217
        : kind === 'ended' || kind === 'failed'
          ? files - (kind === 'failed' ? 1 : 0)
          : 0;
  const stateOf = (n: number): State => {
    if (kind === 'alarm' && n === 216) return 'alarm';
    if (n < done) return 'done';
    if (kind === 'failed') return 'failed';
    if (kind === 'refused' && n > 3) return 'refused';
    if (['alarm', 'running', 'paused', 'elsewhere'].includes(kind) && n < done + (kind === 'alarm' ? 2 : 3)) return 'sending';
    return 'waits';
  };
  return Array.from({ length: files }, (_, n): UploadItem => {
    const state = stateOf(n);
    const path =
      n % 40 === 17
        ? `video-onsite-munich-hall-${n}-raw.mov`
        : n === 3
          ? '合同-2026-1121-补充协议.pdf'
          : `scans/scan-${String(n + 200).padStart(4, '0')}.pdf`;
    const size = n % 40 === 17 ? 642_000_000 : n === 1 ? 0 : 2_100_000 + ((n * 7919) % 400_000);
    const landed: ObjectState | undefined = state === 'done' ? kms : state === 'alarm' ? { state: 'plaintext' } : undefined;
    return {
      n,
      path,
      key: `${prefix}${path}`,
      size,
      state,
      sent: state === 'done' ? size : state === 'sending' ? Math.floor(size * 0.71) : 0,
      ...(state === 'waits' && (kind === 'needs' || (kind === 'some' && n % 40 < 10)) ? { missing: true } : {}),
      ...(landed ? { landed, endedAt: ago(20 + (files - n)) } : {}),
      ...(state === 'refused' ? { error: errors.name } : state === 'failed' ? { error: errors.changed } : {}),
      ...(kind === 'conflicts' && n < 2 ? { exists: { size: 2_300_000, modifiedAt: ago(90_000), encryption: kms } } : {}),
    };
  });
}

function uploadOf(kind: string, items: readonly UploadItem[]): Upload {
  const phases: Record<string, Upload['phase']> = {
    alarm: 'alarm',
    running: 'running',
    elsewhere: 'running',
    paused: 'paused',
    needs: 'paused',
    some: 'paused',
    ended: 'ended',
    failed: 'ended',
  };
  const phase = phases[kind] ?? 'staged';
  const counts: Upload['counts'] = {};
  for (const { state } of items) counts[state] = (counts[state] ?? 0) + 1;
  const missing = items.filter((item) => item.missing);
  const alarmed = items.find(({ state }) => state === 'alarm');
  const choice: EncryptionChoice = kind === 'alarm' ? { kind: 'sse-kms', key: 'minio-docs' } : { kind: 'rule' };
  return {
    id,
    stackId,
    bucket,
    prefix,
    phase,
    source: kind === 'elsewhere' ? 'disk' : 'window',
    choice,
    meant: kms,
    onConflict: 'skip',
    files: items.filter(({ state }) => state !== 'refused').length,
    bytes: items.reduce((sum, { size }) => sum + size, 0),
    sent: items.reduce((sum, { sent }) => sum + sent, 0),
    counts,
    conflicts: items.filter(({ exists }) => exists).length,
    needsFiles: missing.length > 0,
    ...(missing.length > 0 ? { missing: { files: missing.length, names: missing.slice(0, 20).map(({ path }) => path) } } : {}),
    ...(phase === 'running' ? { rate: 96_000_000, secondsLeft: 22 } : {}),
    ...(alarmed
      ? {
          alarm: {
            item: alarmed,
            meant: kms,
            found: { state: 'plaintext' },
            why: quote('uploadWhyRuleRemoved', { rule: 'SSE-KMS, minio-docs' }),
          },
        }
      : {}),
    at: ago(1),
  };
}
