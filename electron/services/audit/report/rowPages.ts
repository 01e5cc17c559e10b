import { Readable } from 'node:stream';
import type { AuditFilter } from '../../../../shared/audit.ts';
import type { Language } from '../../../../shared/text.ts';
import type { RowForm, StoreCalls, TextsWanted } from '../work.ts';
import { headOf } from './forms.ts';

/** So many that asking costs little, and so few that others whom the store answers do not wait long. */
const pageRows = 1_000;

/** All rows of a run that a filter leaves, page after page: the next is asked for while one is used, so memory holds two. */
export async function* textPages(
  texts: StoreCalls['texts'],
  wanted: Omit<TextsWanted, 'limit'>,
): AsyncGenerator<{ texts: string[]; rows: number }> {
  const next = (after?: string) => texts(after, { ...wanted, limit: pageRows });
  let asked = next();
  for (;;) {
    const { cursor, ...page } = await asked;
    if (cursor !== undefined) asked = quiet(next(cursor));
    if (page.rows > 0) yield page;
    if (cursor === undefined) return;
  }
}

/** Whoever stops before the next page shall not hear that it failed. */
function quiet<T>(asked: Promise<T>): Promise<T> {
  asked.catch(() => undefined);
  return asked;
}

/** One form of a run from its beginning to its end. */
export async function* formOf(
  form: RowForm,
  filter: AuditFilter,
  { texts, language }: { texts: StoreCalls['texts']; language: Language },
): AsyncGenerator<string> {
  const head = headOf(form);
  if (head !== '') yield head;
  for await (const page of textPages(texts, { filter, forms: [form], language })) yield page.texts.join('');
}

/** A form as a stream, for a download. `close` runs once, when all was taken or nobody takes it any more. */
export function openExport(texts: AsyncGenerator<string>, close: () => Promise<void>): Readable {
  const stream = Readable.from(texts, { objectMode: false });
  stream.once('close', () => void close());
  return stream;
}
