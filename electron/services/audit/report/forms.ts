import { stringify } from 'csv-stringify/sync';
import type { AuditRow } from '../../../../shared/audit.ts';
import { explain, sentence } from '../../../../shared/messages.ts';
import type { Language } from '../../../../shared/text.ts';
import type { RowForm, TextsWanted } from '../work.ts';

/** The same names in every language: scripts read them. */
const columns = [
  'bucket',
  'key',
  'version_id',
  'latest',
  'delete_marker',
  'state',
  'listed_as',
  'kms_key',
  'context',
  'multipart',
  'size',
  'modified_at',
  'opens',
  'opens_known_by',
  'opens_why',
  'reason',
] as const;

/** The byte order mark tells spreadsheets that it is UTF-8. */
const csvHead = `\uFEFF${columns.join(',')}\r\n`;

/** Rows as CSV (RFC 4180). What a spreadsheet would run as a formula gets a `'` before it, so `objects.jsonl` is the exact record. */
function csvOf(rows: readonly AuditRow[], language: Language): string {
  const records = rows.map((row) => [
    row.bucket,
    row.key,
    row.versionId,
    row.latest,
    row.deleteMarker,
    row.state,
    row.listed,
    row.kmsKey,
    row.context,
    row.multipart,
    row.size,
    row.modifiedAt,
    row.opens.answer,
    row.opens.how,
    row.opens.why
      ? sentence(language, row.opens.why)
      : row.opens.error && explain(language, row.opens.error.code, row.opens.error.details).title,
    row.reason && sentence(language, row.reason),
  ]);
  return stringify(records, {
    record_delimiter: 'windows',
    // A line break of either kind, not only the pair of both.
    quoted_match: /[\r\n]/,
    cast: { boolean: (value) => (value ? 'true' : 'false'), string: (value) => (opensFormula.test(value) ? `'${value}` : value) },
  });
}

/** Also after blanks and control characters, which spreadsheets drop, and in the wide forms that some of them take as well. */
const opensFormula = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/** Rows as JSON lines, each an `AuditRow` of the contract: nothing is lost, also of keys with broken UTF-16. */
function linesOf(rows: readonly AuditRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Keys with a NUL behind each, which no key can contain. Folder markers have no content, and tools take them for folders. */
function keysOf(rows: readonly AuditRow[]): string {
  const kept = rows.filter(({ key, size, deleteMarker }) => !deleteMarker && (size > 0 || !key.endsWith('/')));
  return kept.map(({ key }) => `${key}\0`).join('');
}

/** What comes before the rows of a form. */
export const headOf = (form: RowForm): string => (form === 'csv' ? csvHead : '');

/** A page of rows in each form that is wanted. */
export function textsOf(
  { rows, ...more }: { rows: readonly AuditRow[]; cursor?: string },
  { forms, language }: Pick<TextsWanted, 'forms' | 'language'>,
): { texts: string[]; rows: number; cursor?: string } {
  const textIn = { csv: () => csvOf(rows, language), jsonl: () => linesOf(rows), keys: () => keysOf(rows) };
  return { ...more, texts: forms.map((form) => textIn[form]()), rows: rows.length };
}
