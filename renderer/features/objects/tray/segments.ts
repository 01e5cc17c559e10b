import type { Upload, UploadItem } from '../../../../shared/uploads.ts';

type State = UploadItem['state'];

/** What the list of a tray shows: what is in hand, or all of one kind. */
export type View = 'now' | 'waits' | 'done' | 'failed' | 'skipped' | 'refused' | 'conflicts';

/** Neighbouring rows that come from one question to the engine, in its order or, with `newestFirst`, from its end. */
export interface Segment {
  readonly states: readonly State[];
  readonly conflicts: boolean;
  readonly total: number;
  readonly rows: number;
  readonly newestFirst: boolean;
}

/** Above so many files only what runs, what failed, what comes next and the last ones are rows. */
export const mostRows = 200;
const nextRows = 3;
const lastRows = 10;

const groups: Record<Exclude<View, 'now' | 'conflicts'>, readonly State[]> = {
  waits: ['waits'],
  done: ['done'],
  failed: ['alarm', 'failed'],
  skipped: ['skipped', 'cancelled'],
  refused: ['refused'],
};

type Counted = Pick<Upload, 'counts' | 'conflicts' | 'phase' | 'files'>;

function countOf(upload: Counted, states: readonly State[]): number {
  return states.reduce((sum, state) => sum + (upload.counts[state] ?? 0), 0);
}

/** The rows of a view, in order. */
export function segmentsOf(upload: Counted, view: View): Segment[] {
  const all = (states: readonly State[], most = Number.POSITIVE_INFINITY, newestFirst = false): Segment => {
    const total = countOf(upload, states);
    return { states, conflicts: false, total, rows: Math.min(total, most), newestFirst };
  };
  if (view === 'conflicts') {
    return [{ states: [], conflicts: true, total: upload.conflicts, rows: upload.conflicts, newestFirst: false }];
  }
  if (view !== 'now') return [all(groups[view], undefined, view === 'done')];
  if (upload.phase === 'staged') return [all(groups.waits)].filter(({ rows }) => rows > 0);
  const few = upload.files <= mostRows;
  return [
    all(groups.failed),
    all(['sending', 'checking']),
    all(groups.waits, few ? undefined : nextRows),
    all(groups.done, few ? undefined : lastRows, true),
    ...(few ? [all(groups.skipped), all(groups.refused)] : []),
  ].filter(({ rows }) => rows > 0);
}

/** Views worth a button, each with how many it holds; none when the list shows everything anyway. */
export function viewsOf(upload: Counted): { view: View; count: number }[] {
  const kinds = (Object.keys(groups) as (keyof typeof groups)[]).map((view) => ({ view, count: countOf(upload, groups[view]) }));
  const staged = upload.phase === 'staged';
  const wanted = staged
    ? kinds.filter(({ view }) => view === 'refused')
    : upload.files > mostRows
      ? kinds
      : kinds.filter(({ view }) => view === 'refused' || view === 'skipped');
  const conflicts = { view: 'conflicts' as const, count: staged ? upload.conflicts : 0 };
  return [...wanted, conflicts].filter(({ count }) => count > 0);
}

export interface PageOfItems {
  readonly states: readonly State[];
  readonly conflicts: boolean;
  readonly offset: number;
}

/** Where the item of a row stands in the engine's order. */
export function placeOfRow(segments: readonly Segment[], row: number): { segment: Segment; rank: number } | undefined {
  let before = 0;
  for (const segment of segments) {
    if (row < before + segment.rows) {
      const at = row - before;
      return { segment, rank: segment.newestFirst ? segment.total - 1 - at : at };
    }
    before += segment.rows;
  }
  return undefined;
}

/** The pages that hold the items of these rows. */
export function pagesOf(segments: readonly Segment[], rows: readonly number[], pageSize: number): PageOfItems[] {
  const pages = new Map<string, PageOfItems>();
  for (const row of rows) {
    const place = placeOfRow(segments, row);
    if (!place || place.rank < 0) continue;
    const { states, conflicts } = place.segment;
    const offset = Math.floor(place.rank / pageSize) * pageSize;
    pages.set(`${states.join()} ${conflicts} ${offset}`, { states, conflicts, offset });
  }
  return [...pages.values()];
}
