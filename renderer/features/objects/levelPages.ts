import type { ObjectRow } from '../../../shared/objects.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { RowPages } from '../../components/grid/rowPages.ts';
import type { Output } from '../../rpc/client.ts';

export type Listing = Output<'objects.list'>;
export type LevelRow =
  | { readonly folder: string; readonly object?: undefined }
  | { readonly object: ObjectRow; readonly folder?: undefined };

/** Asks for the page behind `token`; without one for the first. */
export type AskPage = (token: string | undefined, limit: number, signal: AbortSignal) => Promise<Listing>;

/** What has been loaded of one level so far. */
export interface LevelTotals {
  readonly folders: number;
  readonly objects: number;
  readonly scanned: number;
  readonly more: boolean;
  readonly loading: boolean;
  /** It looked at many names and found too few: it goes on when told to. */
  readonly rests: boolean;
  readonly blocked: Listing['blocked'];
  /** When the first page came. */
  readonly at: string | undefined;
}

export interface LevelPages extends RowPages<LevelRow> {
  totals(): LevelTotals;
  objects(): readonly ObjectRow[];
  /** Asks anew for what is loaded; it is shown until the answer is there. */
  reload(): void;
  goOn(): void;
}

/** The first page is short, so that it is there at once: the server may need a millisecond for each object. */
const firstLimit = 100;
const laterLimit = 1000;
/** Rows before the end at which the next page is asked for. */
const ahead = 300;
const places = 24;
const restAfter = 100_000;
const reloadedAtMost = 5_000;

interface Loaded {
  folders: readonly LevelRow[];
  objects: readonly LevelRow[];
  token: string | undefined;
  scanned: number;
}

/** Pages that come one after the other, folders first. What was loaded stays: 100,000 rows are some 20 MB. */
export function createLevelPages(ask: AskPage): LevelPages {
  const listeners = new Set<() => void>();
  let folders: readonly LevelRow[] = [];
  let objects: readonly LevelRow[] = [];
  let token: string | undefined;
  let more = true;
  let scanned = 0;
  let scannedAlone = 0;
  let blocked: Listing['blocked'];
  let failure: AppError | undefined;
  let at: string | undefined;
  let running: AbortController | undefined;
  let again = false;
  let lastWanted = 0;
  let version = 0;

  function tell(): void {
    version++;
    for (const listener of [...listeners]) listener();
  }

  const loaded = (): number => folders.length + objects.length;
  const rests = (): boolean => more && scannedAlone >= restAfter;

  function start(): void {
    if (running || failure || !more || rests() || lastWanted < loaded() - ahead) return;
    void load(false);
  }

  /** One page, or from the beginning all that was loaded. */
  async function load(anew: boolean): Promise<void> {
    const control = new AbortController();
    running = control;
    const wanted = anew ? Math.min(loaded(), reloadedAtMost) : 0;
    const next: Loaded = anew ? { folders: [], objects: [], token: undefined, scanned: 0 } : { folders, objects, token, scanned };
    const names = new Set(next.folders.map(({ folder }) => folder));
    try {
      for (;;) {
        const page = await ask(next.token, at === undefined ? firstLimit : laterLimit, control.signal);
        if (running !== control) return;
        const added = page.prefixes.filter((name) => !names.has(name));
        for (const name of added) names.add(name);
        if (added.length > 0) next.folders = [...next.folders, ...added.map((folder) => ({ folder }))];
        if (page.objects.length > 0) next.objects = [...next.objects, ...page.objects.map((object) => ({ object }))];
        next.scanned += page.scanned;
        next.token = page.next;
        scannedAlone = added.length + page.objects.length > 0 ? 0 : scannedAlone + page.scanned;
        blocked = page.blocked;
        if (page.next === undefined || next.folders.length + next.objects.length >= wanted) break;
      }
      ({ folders, objects, token, scanned } = next);
      more = token !== undefined;
      if (anew || at === undefined) at = new Date().toISOString();
    } catch (error) {
      if (running !== control || control.signal.aborted) return;
      failure = error instanceof AppError ? error : new AppError('internal', { incident: '-' });
    }
    running = undefined;
    tell();
    if (again && !failure) {
      again = false;
      return load(true);
    }
    start();
  }

  return {
    row: (rank) => folders[rank] ?? objects[rank - folders.length],
    count: () => ({
      rows: at === undefined ? (failure ? 0 : places) : loaded() + (more && !rests() ? places : 0),
      known: !more,
      seen: loaded(),
    }),
    leading: () => folders.length,
    asked: () => at !== undefined,
    error: () => failure,
    want(_first, last) {
      lastWanted = last;
      start();
    },
    grown: () => undefined,
    retry() {
      failure = undefined;
      tell();
      start();
    },
    totals: () => ({
      folders: folders.length,
      objects: objects.length,
      scanned,
      more,
      loading: running !== undefined,
      rests: rests(),
      blocked,
      at,
    }),
    objects: () => objects.flatMap(({ object }) => object ?? []),
    reload() {
      if (running) again = at !== undefined;
      else {
        failure = undefined;
        void load(true);
      }
    },
    goOn() {
      scannedAlone = 0;
      start();
      tell();
    },
    onChange(listener) {
      listeners.add(listener);
      if (listeners.size === 1 && at === undefined) start();
      return () => listeners.delete(listener);
    },
    version: () => version,
    stop() {
      running?.abort();
      running = undefined;
    },
  };
}
