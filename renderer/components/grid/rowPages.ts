import { AppError } from '../../../shared/rpc/errors.ts';

/** Asks for rows from `offset` on; `total` is missing while nobody has counted. */
export type AskRows<Row> = (offset: number, limit: number, signal: AbortSignal) => Promise<{ rows: Row[]; total?: number | undefined }>;

/** Rows of one view around the place that is looked at. */
export interface RowPages<Row> {
  row(rank: number): Row | undefined;
  /** How many places there are; `known` false: `seen` rows are there for certain. */
  count(): { readonly rows: number; readonly known: boolean; readonly seen: number };
  /** Rows at the beginning that may become more while others are looked at, as folders do; those looked at stay. */
  leading?(): number;
  /** False until the first page is there. */
  asked(): boolean;
  error(): AppError | undefined;
  /** These ranks are seen now: asks for what is missing, and for nothing else any more. */
  want(first: number, last: number): void;
  /** Rows came after the last one: asks for the end again. */
  grown(): void;
  retry(): void;
  onChange(listener: () => void): () => void;
  /** Counts changes, for `useSyncExternalStore`. */
  version(): number;
  stop(): void;
}

export interface PageOptions {
  readonly pageRows?: number;
  /** Pages that are kept: more than a window can show, few enough for a flat heap. */
  readonly kept?: number;
  readonly atOnce?: number;
  /** ms that the view must rest after a leap before it is asked for: a drawn scrollbar passes thousands of pages. */
  readonly restMs?: number;
  /** A store that answers before it has counted is asked again for the count, after so many ms; absent: nobody counts. */
  readonly countMs?: number;
}

/** The store drops a list of rows that others are in more need of: it makes it again when it is asked again. */
const listEnded = 'auditViewEnded';

/** Places that are drawn before the first answer. */
const firstPlaces = 24;

/** A bounded cache of pages over a view that may have millions of rows. The page looked at is asked for first. */
export function createRowPages<Row>(ask: AskRows<Row>, options: PageOptions = {}): RowPages<Row> {
  const { pageRows = 100, kept = 40, atOnce = 2, restMs = 60, countMs } = options;
  const pages = new Map<number, Row[]>();
  const running = new Map<number, AbortController>();
  const listeners = new Set<() => void>();
  let wanted: number[] = [0];
  let total: number | undefined;
  let seenRows = 0;
  let whole = false;
  let failure: AppError | undefined;
  let firstAnswer = false;
  let version = 0;
  let stopped = false;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let counting: ReturnType<typeof setTimeout> | undefined;

  function tell(): void {
    version++;
    for (const listener of [...listeners]) listener();
  }

  /** What a table without a total shows next: one page of places for rows that may be there. */
  function rows(): number {
    if (!firstAnswer) return failure ? 0 : firstPlaces;
    return total ?? (whole ? seenRows : seenRows + pageRows);
  }

  function start(): void {
    if (stopped || failure) return;
    for (const page of wanted) {
      if (running.size >= atOnce) return;
      if (!pages.has(page) && !running.has(page)) void load(page);
    }
  }

  async function load(page: number): Promise<void> {
    const control = new AbortController();
    running.set(page, control);
    try {
      const answer = await ask(page * pageRows, pageRows, control.signal);
      if (running.get(page) === control) take(page, answer);
    } catch (error) {
      const again = error instanceof AppError && error.code === listEnded;
      if (running.get(page) === control && !control.signal.aborted && !again) {
        failure = error instanceof AppError ? error : new AppError('internal', { incident: '-' });
        tell();
      }
    } finally {
      if (running.get(page) === control) running.delete(page);
      start();
    }
  }

  function take(page: number, answer: { rows: Row[]; total?: number | undefined }): void {
    firstAnswer = true;
    total = answer.total ?? (countMs === undefined ? undefined : total);
    const end = page * pageRows + answer.rows.length;
    seenRows = Math.max(seenRows, answer.rows.length === 0 ? 0 : end);
    if (answer.rows.length < pageRows) whole = true;
    pages.delete(page);
    pages.set(page, answer.rows);
    for (const old of pages.keys()) {
      if (pages.size <= kept) break;
      if (!wanted.includes(old)) pages.delete(old);
    }
    tell();
    countLater();
  }

  function countLater(): void {
    if (countMs === undefined || counting !== undefined || total !== undefined || whole || stopped) return;
    counting = setTimeout(async () => {
      const answer = await ask(0, 1, new AbortController().signal).catch(() => undefined);
      counting = undefined;
      if (stopped) return;
      if (answer?.total === undefined) return countLater();
      total = answer.total;
      tell();
    }, countMs);
  }

  return {
    row(rank) {
      const page = Math.floor(rank / pageRows);
      return pages.get(page)?.[rank - page * pageRows];
    },
    count: () => ({ rows: rows(), known: total !== undefined || whole, seen: seenRows }),
    asked: () => firstAnswer,
    error: () => failure,
    want(first, last) {
      const [from, to] = [Math.floor(Math.max(0, first) / pageRows), Math.floor(Math.max(0, last) / pageRows)];
      const leap = Math.abs(from - (wanted[0] ?? 0)) > 1;
      const next: number[] = [];
      for (let page = from; page <= to; page++) next.push(page);
      const end = Math.max(0, Math.ceil(rows() / pageRows) - 1);
      // The neighbours come after what is seen, so that a slow scroll never meets a page that is not there.
      if (to < end) next.push(to + 1);
      if (from > 0) next.push(from - 1);
      if (next.join() === wanted.join()) return;
      wanted = next;
      // Pages in view are the last to be dropped.
      for (const page of next) {
        const there = pages.get(page);
        if (!there) continue;
        pages.delete(page);
        pages.set(page, there);
      }
      for (const [page, control] of running) {
        if (next.includes(page)) continue;
        running.delete(page);
        control.abort();
      }
      clearTimeout(rest);
      if (leap) rest = setTimeout(start, restMs);
      else start();
    },
    grown() {
      const last = Math.max(0, Math.ceil(seenRows / pageRows) - 1);
      whole = false;
      const end = pages.get(last);
      if (running.has(last)) return;
      // A full page does not change any more: new rows stand on the next one.
      void load(end && end.length >= pageRows ? last + 1 : last);
    },
    retry() {
      failure = undefined;
      tell();
      start();
    },
    onChange(listener) {
      listeners.add(listener);
      if (listeners.size === 1 && !firstAnswer) start();
      return () => listeners.delete(listener);
    },
    version: () => version,
    stop() {
      stopped = true;
      clearTimeout(rest);
      clearTimeout(counting);
      for (const control of running.values()) control.abort();
      running.clear();
      pages.clear();
    },
  };
}
