import { Readable } from 'node:stream';
import type { AuditFilter, AuditRow } from '../../../../shared/audit.ts';
import type { Language } from '../../../../shared/text.ts';
import type { StoreCalls } from '../work.ts';
import { csvHead, csvOf, linesOf } from './forms.ts';

/** So many that asking costs little, and so few that turning them into text holds nobody up. */
const pageRows = 1_000;

/** All rows of a run that a filter leaves, page after page: the next is asked for while one is used, so memory holds two. */
export async function* rowPages(after: StoreCalls['after'], filter: AuditFilter): AsyncGenerator<AuditRow[]> {
  let asked = after(undefined, filter, pageRows);
  for (;;) {
    const { rows, cursor } = await asked;
    if (cursor !== undefined) asked = quiet(after(cursor, filter, pageRows));
    if (rows.length > 0) yield rows;
    if (cursor === undefined) return;
  }
}

/** Whoever stops before the next page shall not hear that it failed. */
function quiet<T>(asked: Promise<T>): Promise<T> {
  asked.catch(() => undefined);
  return asked;
}

/** One form of a run, text after text. */
export async function* textsOf(
  format: 'csv' | 'jsonl',
  filter: AuditFilter,
  { after, language }: { after: StoreCalls['after']; language: Language },
): AsyncGenerator<string> {
  if (format === 'csv') yield csvHead;
  for await (const rows of rowPages(after, filter)) yield format === 'csv' ? csvOf(rows, language) : linesOf(rows);
}

/** A form as a stream, for a download. `close` runs once, when all was taken or nobody takes it any more. */
export function openExport(texts: AsyncGenerator<string>, close: () => Promise<void>): Readable {
  const stream = Readable.from(texts, { objectMode: false });
  stream.once('close', () => void close());
  return stream;
}
