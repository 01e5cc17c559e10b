import type { Audit, AuditBucket, AuditFilter, AuditKey, AuditLook, AuditRow, AuditState } from '../../shared/audit.ts';
import type { Text } from '../../shared/text.ts';
import type { Input, Output, ProcedureName } from '../rpc/client.ts';
import { amountsOf, leavesOf, mapOf, rowsOf, sum } from './sampleAuditData.ts';

const stackId = 'local-lab';
const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
const idOf = (day: number): string => `202611${day}T143108-1a2b3c4d`;
// Sentences of the engine that this stand-in quotes; those that are not written yet show their code.
const quote = (code: string, params?: Record<string, string | number>): Text => ({ code, params }) as unknown as Text;

/**
 * `audit.*` for screens without an engine. Scenarios: `audit-running` (72%; `&live=1` goes on), `audit-finished`,
 * `audit-clean`, `audit-interrupted`, `audit-failed`, `audit-paused`, `audit-waiting`, `audit-opening`, `audit-arranging`,
 * `audit-empty`, `audit-many` (10,000 cells), `audit-sample`.
 */
export function sampleAudit(scenario: string, emit: (frame: unknown) => void): (name: ProcedureName, input: unknown) => unknown {
  const kind = scenario.startsWith('audit-') ? scenario.slice(6) : 'finished';
  const { leaves: all, rules } = leavesOf(kind === 'many');
  const leaves = kind === 'clean' ? all.filter(({ objects }) => sum(objects.slice(0, 4)) === 0) : all;
  const stateOf: Record<string, Audit['state']> = {
    running: 'running',
    opening: 'running',
    arranging: 'running',
    interrupted: 'interrupted',
    failed: 'failed',
    paused: 'paused',
    waiting: 'waiting',
  };
  let state: Audit['state'] = stateOf[kind] ?? 'finished';
  let done = ['running', 'interrupted', 'failed', 'paused', 'waiting'].includes(kind) ? 0.72 : 1;
  let removed = kind === 'empty';
  const total = sum(leaves.flatMap(({ objects }) => objects));

  function newest(): Audit {
    const current = amountsOf(leaves, done);
    const read = sum(current.objects);
    const names = [...new Set(leaves.map(({ bucket }) => bucket))];
    return {
      version: 1,
      id: idOf(22),
      stackId,
      stackName: 'local-lab',
      sample: kind === 'sample',
      scope: { prefix: '', versions: false },
      options: { verifyAll: false },
      method: 'list',
      state,
      phase: state === 'finished' ? 'done' : kind === 'opening' ? 'opening' : kind === 'arranging' ? 'arranging' : 'listing',
      ...(state === 'waiting'
        ? {
            waitsFor: {
              code: 'kmsUnavailable',
              details: {
                where: 'invoices-archive',
                message: 'dial tcp 10.0.4.7:7373: connect: connection refused',
                code: 'XMinioKMSDefaultKeyUnavailable',
              },
            },
          }
        : {}),
      ...(state === 'failed'
        ? { error: { code: 'networkRefused', details: { host: 'minio-1.fra1.example.net:9000', reason: 'ECONNREFUSED' } } }
        : {}),
      startedAt: ago(80),
      ...(['finished', 'failed', 'cancelled'].includes(state) ? { endedAt: ago(12) } : {}),
      at: ago(0),
      workedMs: 68_000,
      who: {
        user: 'ops',
        credential: 'auditor-ro',
        server: 'https://minio-1.fra1.example.net:9000',
        serverVersion: 'RELEASE.2025-10-15T17-29-55Z',
      },
      protected: true,
      current,
      noncurrent: { objects: [0, 0, 0, 0, 0, 0], bytes: [0, 0, 0, 0, 0, 0] },
      deleteMarkers: 0,
      folderMarkers: 31,
      opens: { yes: sum(current.objects.slice(4)), no: current.objects[1] ?? 0, notTested: current.objects[3] ?? 0 },
      buckets: {
        done: names.filter((name) => leaves.every((leaf) => leaf.bucket !== name || leaf.read === 1 || done === 1)).length,
        total: names.length,
      },
      expected: { objects: Math.round(total / 1000) * 1000, from: 'usage', at: ago(7200) },
      ...(state === 'running' ? { rate: 16_420, secondsLeft: Math.round((total - read) / 16_420), inFlight: 8 } : {}),
      requests: Math.ceil(read / 1000),
      gaps: kind === 'clean' ? 0 : 1,
      ...(kind === 'opening' ? { phaseDone: 0.4 } : kind === 'arranging' ? { phaseDone: 0.7 } : {}),
    };
  }
  const older = (day: number, plain: number): Audit => {
    const counts = newest().current.objects.map((count, at) => (at === 0 ? plain : at === 5 ? count - 20_000 : count));
    return {
      ...newest(),
      id: idOf(day),
      state: 'finished',
      phase: 'done',
      current: { ...amountsOf(leaves, 1), objects: counts },
      startedAt: ago((23 - day) * 86_400),
      endedAt: ago((23 - day) * 86_400 - 70),
      buckets: { done: 9, total: 9 },
    };
  };
  const changed = (): unknown => emit({ kind: 'event', name: 'audit.changed', payload: newest() });

  if (kind === 'running' && new URLSearchParams(location.search).get('live') === '1') {
    done = 0.02;
    setInterval(() => {
      if (state !== 'running' || done >= 1) return;
      done = Math.min(1, done + 0.01);
      if (done === 1) state = 'finished';
      changed();
    }, 250);
  }

  function buckets(): AuditBucket[] {
    return [...new Set(leaves.map(({ bucket }) => bucket))].map((name, at) => {
      const own = leaves.filter(({ bucket }) => bucket === name);
      const rule = rules.get(name);
      const current = amountsOf(own, done);
      const plain = current.objects[0] ?? 0;
      return {
        name,
        current,
        noncurrent: { objects: [0, 0, 0, 0, 0, 0], bytes: [0, 0, 0, 0, 0, 0] },
        deleteMarkers: 0,
        folderMarkers: 0,
        done: own.every((leaf) => leaf.read === 1 || done === 1),
        expected: sum(own.flatMap(({ objects }) => objects)),
        ...(at === 6 ? { ruleError: { code: 's3Denied', details: { action: 's3:GetEncryptionConfiguration' } } } : rule ? { rule } : {}),
        versioning: (['off', 'on', 'suspended'] as const)[at % 3],
        ...(rule && rule.kind !== 'none'
          ? { ruleSince: { at: '2023-09-14T08:12:00Z', from: 'server' as const }, plainBefore: plain, plainAfter: at === 1 ? 12 : 0 }
          : {}),
      };
    });
  }

  const stamp = (bucket: string, key: string, modifiedAt: string) => ({ bucket, key, modifiedAt });
  function keys(): AuditKey[] {
    const found: AuditKey[] = [];
    for (const bucket of buckets()) {
      const { name, current } = bucket;
      for (const [at, state] of (['sse-c', 'sse-s3', 'sse-kms'] as const).entries()) {
        const objects = current.objects[at + 3] ?? 0;
        if (objects === 0) continue;
        const kmsKey = state === 'sse-kms' ? (bucket.rule?.kind === 'sse-kms' ? bucket.rule.key : 'minio-legal') : '';
        found.push({
          bucket: name,
          state,
          kmsKey,
          objects,
          bytes: current.bytes[at + 3] ?? 0,
          oldest: stamp(name, '2023/01/first.pdf', '2023-09-14T09:00:00Z'),
          newest: stamp(name, '2026/11/last.pdf', '2026-11-21T22:10:00Z'),
          opens:
            state === 'sse-c'
              ? { answer: 'notTested', why: quote('auditOpensCustomerKey') }
              : name === 'analytics-parquet'
                ? { answer: 'differs', how: 'sample' }
                : { answer: 'yes', how: 'sample' },
          ...(name === 'analytics-parquet'
            ? {
                boundary: {
                  fails: stamp(name, 'events/2025/06/part-11.parquet', '2025-06-11T09:11:00Z'),
                  works: stamp(name, 'events/2025/06/part-12.parquet', '2025-06-11T11:40:00Z'),
                  reads: 14,
                },
              }
            : {}),
        });
      }
    }
    if (kind !== 'clean') {
      found.push({
        bucket: 'customer-documents-eu-central-production',
        state: 'sse-kms',
        kmsKey: 'minio-docs-2023',
        objects: 40,
        bytes: 31 * 1_048_576,
        oldest: stamp('customer-documents-eu-central-production', '2023/07/contract-004417-signed.pdf', '2023-07-19T08:00:00Z'),
        newest: stamp('customer-documents-eu-central-production', '2023/08/id-scan-17720044.jpg', '2023-08-02T08:00:00Z'),
        opens: {
          answer: 'no',
          how: 'sample',
          error: { code: 'kmsKeyNotFound', details: { where: 'customer-documents-eu-central-production', code: '404 kms:KeyNotFound' } },
        },
      });
    }
    return found;
  }

  const wantedBy = (filter: AuditFilter) => (leaf: { bucket: string; prefix: string }, one: AuditState, key: string) =>
    (filter.states?.includes(one) ?? true) &&
    (filter.bucket === undefined || leaf.bucket === filter.bucket) &&
    (filter.prefix === undefined || leaf.prefix.startsWith(filter.prefix.slice(0, leaf.prefix.length))) &&
    (filter.kmsKey === undefined || filter.kmsKey === key);

  function rowNumber(row: number): AuditRow | undefined {
    let base = 0;
    for (const leaf of leaves) {
      const size = sum(leaf.objects);
      if (row < base + size) return rowsOf(leaves, 1, () => true, row, 1).rows[0];
      base += size;
    }
    return undefined;
  }

  function look(row: AuditRow | undefined): Output<'audit.look'> {
    const gone = row?.state === 'unreadable';
    return {
      at: ago(8),
      head: {
        state: row?.listed ?? row?.state ?? 'unknown',
        ...(row?.kmsKey ? { kmsKey: row.kmsKey } : {}),
        etag: '9b1fd0a4c0e0471188a3d1b5f8e0e6c0-1',
        contentType: 'application/pdf',
      },
      opens: gone ? { answer: 'no', how: 'read' } : row?.state === 'plaintext' ? { answer: 'notTested' } : { answer: 'yes', how: 'read' },
      answer: gone ? '404 kms:KeyNotFound' : '206 Partial Content',
      requestId: '17D0A2F1C4B9',
      rule: { kind: 'sse-kms', key: 'minio-docs' },
      ...(row?.kmsKey ? { keyInKes: !gone, mayDecrypt: ['minio', 'operator'] } : {}),
      mayRead: ['auditor-ro', 'app-docs'],
      commands: [`mc stat local-lab/${row?.bucket}/${row?.key}`, `mc cat local-lab/${row?.bucket}/${row?.key} | head -c 1`],
    } satisfies AuditLook;
  }

  function get(): Output<'audit.get'> {
    const audit = newest();
    const [plain = 0, lost = 0] = audit.current.objects;
    return {
      audit,
      buckets: buckets(),
      keys: keys(),
      findings:
        kind === 'clean'
          ? []
          : [
              {
                level: 'fail',
                what: quote('auditFindUnreadable', { count: lost, key: 'minio-docs-2023' }),
                next: quote('auditNextUnreadable'),
                commands: ['kes key info minio-docs-2023'],
                filter: { states: ['unreadable'] },
              },
              {
                level: 'warn',
                what: quote('auditFindPlainBefore', { count: plain, bucket: 'customer-documents-eu-central-production' }),
                next: quote('auditNextPlain'),
                commands: [
                  'mc encrypt info local-lab/customer-documents-eu-central-production',
                  'mc cp -r --enc-kms local-lab/customer-documents-eu-central-production=minio-docs local-lab/customer-documents-eu-central-production/ local-lab/customer-documents-eu-central-production/',
                ],
                filter: { states: ['plaintext'], bucket: 'customer-documents-eu-central-production' },
              },
              {
                level: 'info',
                what: quote('auditFindCustomerKey', { count: 6918 }),
                next: quote('auditNextCustomerKey'),
                commands: [],
                filter: { states: ['sse-c'] },
              },
            ],
      limits: [quote('auditLimitShadowed'), quote('auditLimitMoment')],
      gaps:
        kind === 'clean'
          ? []
          : [
              {
                bucket: 'media-originals',
                after: 'proxies/2024/04/',
                to: 'proxies/2024/04/clip-0099.mov',
                error: { code: 'networkTimeout', details: { host: 'minio-1:9000', reason: 'timeout' } },
              },
            ],
    };
  }

  const answers: { [N in ProcedureName]?: (input: Input<N>) => Output<N> | undefined } = {
    'audit.list': () => ({ audits: removed ? [] : [newest(), older(21, 12_940), older(14, 14_002)], damaged: [] }),
    'audit.get': () => get(),
    'audit.map': ({ bucket, prefix = '' }) => ({ node: mapOf(leaves, done, bucket, prefix), at: ago(0) }),
    'audit.rows': ({ filter = {}, offset = 0, limit = 100 }) => rowsOf(leaves, done, wantedBy(filter), offset, limit),
    'audit.row': ({ row }) => rowNumber(row),
    'audit.look': ({ row }) => look(rowNumber(row)),
    'audit.estimate': () => ({
      method: kind === 'empty' && scenario.includes('head') ? 'head' : 'list',
      buckets: [...rules]
        .map(([name, rule], at) => ({ name, objects: 1_284_112 / (at + 2), ...(rule ? { rule } : {}), versioning: 'off' as const }))
        .map((one) => ({ ...one, objects: Math.round(one.objects) })),
      objects: total,
      from: 'usage',
      countedAt: ago(7200),
      seconds: 78,
      kmsCalls: { least: 376_400, most: 392_110 },
      credential: 'auditor-ro',
    }),
    'audit.start': () => {
      removed = false;
      state = 'running';
      done = 0.72;
      return { jobId: 'job-1', id: idOf(22) };
    },
    'audit.pause': () => {
      state = 'paused';
      changed();
      return {};
    },
    'audit.resume': () => {
      state = 'running';
      changed();
      return { jobId: 'job-1' };
    },
    'audit.cancel': () => {
      state = 'cancelled';
      changed();
      return {};
    },
    'audit.remove': () => {
      removed = true;
      return {};
    },
    'audit.compare': ({ change, offset = 0, limit = 100 }) => {
      const counts = { new: 20_112, gone: 640, newlyEncrypted: 909, newlyPlain: 3, otherState: 0, otherKey: 118 };
      const of = change ?? 'newlyEncrypted';
      const { rows } = rowsOf(
        leaves,
        1,
        (_, one) => one === (of === 'newlyPlain' ? 'plaintext' : 'sse-kms'),
        offset,
        Math.min(limit, counts[of]),
      );
      return {
        counts,
        total: change ? counts[change] : sum(Object.values(counts)),
        rows: rows.map((after) => ({
          change: of,
          ...(of === 'new' ? {} : { before: { ...after, state: of === 'newlyPlain' ? ('sse-kms' as const) : ('plaintext' as const) } }),
          ...(of === 'gone' ? {} : { after }),
        })),
      };
    },
    'audit.export': () => ({ name: 'audit.csv', downloadPath: '#' }),
    'audit.report': () => ({ jobId: 'job-1' }),
    'audit.lookAround': () => ({ jobId: 'job-1', stackId, id: idOf(22) }),
  };
  return (name, input) => (answers[name] as ((input: unknown) => unknown) | undefined)?.(input);
}
