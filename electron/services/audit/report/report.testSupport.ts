import { madeAudit } from '../../../../shared/audit.testSupport.ts';
import type { AuditRow } from '../../../../shared/audit.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { SecretName } from '../../../jobs/step.ts';
import type { StoreCalls } from '../work.ts';
import { textsOf } from './forms.ts';
import { type ReportKey, reportKeyOf } from './reportKey.ts';
import type { ReportParts } from './writeReport.ts';

/** Keys that break files and pages: line breaks, quotes, formulas, markup, other scripts, half a surrogate. */
export const hostileKeys = [
  '=HYPERLINK("http://x","y")',
  ' +1+1',
  '\t@SUM(A1)',
  '-2+3',
  '＝1+1',
  'line\nbreak.txt',
  'carriage\rreturn',
  'both\r\nof,them"quoted"',
  '<script>alert(1)</script>&amp;',
  '合同/2023-0117-框架协议.pdf',
  '\u202egpj.exe',
  'half\ud800',
  'nul\u0000byte',
] as const;

export function rowOf(row: number, key: string, more: Partial<AuditRow> = {}): AuditRow {
  return {
    row,
    bucket: 'docs',
    key,
    latest: true,
    deleteMarker: false,
    state: 'plaintext',
    context: false,
    multipart: false,
    size: 12,
    modifiedAt: '2026-01-02T03:04:05.000Z',
    opens: { answer: 'notTested', why: { code: 'auditReportNotPlain' } },
    ...more,
  };
}

/** What a store answers for these rows. */
export const textsFrom =
  (rows: readonly AuditRow[]): StoreCalls['texts'] =>
  async (after, { limit, ...wanted }) => {
    const from = Number(after ?? 0);
    const more = from + limit < rows.length ? { cursor: String(from + limit) } : {};
    return textsOf({ rows: rows.slice(from, from + limit), ...more }, wanted);
  };

export function secretsInMemory(): Parameters<typeof reportKeyOf>[0] {
  const kept = new Map<SecretName, Secret>();
  return {
    get: (name) => kept.get(name),
    async set(name, value) {
      kept.set(name, new Secret(value.reveal()));
    },
    requireDurable: () => undefined,
  };
}

export const newReportKey = (): Promise<ReportKey> => reportKeyOf(secretsInMemory(), 'key');

const none = [0, 0, 0, 0, 0, 0];
export function partsOf(rows: readonly AuditRow[], reports: string, key: ReportKey, more: Partial<ReportParts> = {}): ReportParts {
  const objects = [rows.length, 0, 0, 0, 0, 0];
  const current = { objects, bytes: objects.map((count) => count * 12) };
  const noncurrent = { objects: none, bytes: none };
  return {
    audit: madeAudit({
      stackName: 'lab <b>',
      endedAt: '2026-11-22T02:01:00.000Z',
      who: { user: 'kim', credential: 'auditor-ro', server: 'https://127.0.0.1:9000' },
      current,
      requests: 3,
    }),
    buckets: [{ name: 'docs', current, noncurrent, deleteMarkers: 0, folderMarkers: 0, done: true, rule: { kind: 'none' } }],
    keys: [],
    findings: [],
    limits: [],
    gaps: [],
    language: 'en',
    madeAt: '2026-11-22T02:02:00.000Z',
    madeBy: 'kim',
    texts: textsFrom(rows),
    reports,
    key,
    ...more,
  };
}
