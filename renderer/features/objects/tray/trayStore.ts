import { clusterMark } from '../../../../shared/projected.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Upload } from '../../../../shared/uploads.ts';
import type { Client } from '../../../rpc/client.ts';
import { type Pump, startPump } from './pump.ts';
import { type ReadDrop, type ReadSoFar, readDrop } from './readDrop.ts';
import { dropGoesTo, hasFault, uploadsHere } from './shownUpload.ts';
import type { SourceFile } from './sourceFile.ts';
import type { Taken } from './taken.ts';

export interface Target {
  readonly stackId: string;
  /** The MinIO cluster. Absent: the first. */
  readonly cluster?: string;
  readonly bucket: string;
  readonly prefix: string;
}

/** Files on their way into a tray, and how many drops come after them. */
export interface Reading extends Target {
  readonly soFar: ReadSoFar;
  readonly waiting: number;
  cancel(): void;
}

/** What the tray says of a drop beside its files. */
export interface DropNote {
  readonly folders: number;
  /** Left out: an object store has none. */
  readonly emptyFolders: number;
  readonly unread: number;
  readonly unreadNames: readonly string[];
  /** Of files that were dropped again: how many belong to nothing here, and the names of the first of them. */
  readonly strangers: number;
  readonly strangerNames: readonly string[];
}

export interface TrayState {
  readonly reading: Reading | undefined;
  readonly failure: { readonly target: Target; readonly error: AppError } | undefined;
  /** Uploads whose files this window has or had. */
  readonly own: ReadonlySet<string>;
  readonly notes: ReadonlyMap<string, DropNote>;
  /** Trays that were put aside while their upload goes on. */
  readonly hidden: ReadonlySet<string>;
  /** The one to show, by bucket. */
  readonly chosen: ReadonlyMap<string, string>;
}

interface Held {
  readonly stackId: string;
  readonly files: Map<number, SourceFile>;
  pump: Pump | undefined;
  sends: boolean;
}

/** As many as one call takes. */
const portion = 2000;
const namesKept = 20;

/** Files of this window's uploads. They outlive the page: leaving Objects does not stop them, closing the window pauses them. */
const held = new Map<string, Held>();
const listeners = new Set<() => void>();
const watched = new WeakSet<Client['on']>();
const raised = new Set<string>();
let state: TrayState = {
  reading: undefined,
  failure: undefined,
  own: new Set(),
  notes: new Map(),
  hidden: new Set(),
  chosen: new Map(),
};

export const trayState = (): TrayState => state;
export function onTray(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(next: Partial<TrayState>): void {
  state = { ...state, ...next };
  for (const listener of [...listeners]) listener();
}

export function choose(bucket: string, id: string): void {
  const hidden = new Set(state.hidden);
  hidden.delete(id);
  change({ chosen: new Map(state.chosen).set(bucket, id), hidden });
}

export function hide(id: string): void {
  change({ hidden: new Set(state.hidden).add(id) });
}

/** What went wrong was read. */
export function dismissFailure(): void {
  change({ failure: undefined });
}

/** Sends for an upload as long as it runs, and before and between shows the engine that this window has its files. */
function follow(client: Client, upload: Upload): void {
  const mine = held.get(upload.id);
  if (!mine) return;
  if (upload.phase === 'ended') {
    mine.pump?.stop();
    // What failed may be tried again.
    if (!hasFault(upload)) letGo(upload.id);
  }
  mine.sends = upload.phase !== 'ended' && upload.phase !== 'staged';
  if (upload.phase === 'ended' || mine.pump || mine.files.size === 0) return;
  const pump = startPump(client, { stackId: upload.stackId, id: upload.id }, (n) => mine.files.get(n));
  mine.pump = pump;
  void pump.ended.finally(() => {
    if (mine.pump === pump) mine.pump = undefined;
  });
}

/** An alarm brings a tray that was put aside back, once. */
function raise({ id, phase }: Upload): void {
  if (phase !== 'alarm') raised.delete(id);
  else if (!raised.has(id)) {
    raised.add(id);
    if (!state.hidden.has(id)) return;
    const hidden = new Set(state.hidden);
    hidden.delete(id);
    change({ hidden });
  }
}

function letGo(id: string): void {
  held.get(id)?.pump?.stop();
  held.delete(id);
}

/** Listens once for each connection: uploads start and end by events, whatever page is shown. */
export function watch(client: Client): void {
  // The same connection speaks for each cluster.
  if (watched.has(client.on)) return;
  watched.add(client.on);
  client.on('uploads.changed', (upload) => {
    follow(client, upload);
    raise(upload);
  });
  client.on('uploads.removed', ({ id }) => letGo(id));
  const sending = (): boolean => [...held.values()].some(({ sends }) => sends);
  window.addEventListener('beforeunload', (event) => {
    if (sending()) event.preventDefault();
  });
  window.addEventListener('pagehide', () => {
    for (const [id, { stackId, sends }] of held) if (sends) client.call('uploads.pause', { stackId, id }).catch(() => undefined);
  });
}

/** Drops that are not taken yet, the one that is being read first. */
let line: Promise<void> = Promise.resolve();
let waiting = 0;

/**
 * Takes what was dropped or picked: into the staged tray that is shown, as the lost files of an upload that waits for them, or
 * into a new tray. One after the other: what is dropped while files are read waits until they are.
 */
export function takeFiles(client: Client, target: Target, taken: Taken): Promise<void> {
  // What the drop before it came to is not taken away before it was read.
  if (waiting === 0 && !state.reading) change({ failure: undefined });
  waiting++;
  tellWaiting();
  line = line.then(() => {
    waiting--;
    return takeNext(client, target, taken);
  });
  return line;
}

function tellWaiting(): void {
  if (state.reading) change({ reading: { ...state.reading, waiting } });
}

async function takeNext(client: Client, target: Target, taken: Taken): Promise<void> {
  watch(client);
  const abort = new AbortController();
  const { signal } = abort;
  let soFar: ReadSoFar = { files: 0, bytes: 0 };
  const show = (next: ReadSoFar): void => {
    soFar = next;
    change({ reading: { ...target, soFar, waiting, cancel: () => abort.abort() } });
  };
  show(soFar);
  let made: Upload | undefined;
  try {
    const read =
      'paths' in taken
        ? undefined
        : 'entries' in taken
          ? await readDrop(taken.entries, { signal, onProgress: slowly(show) })
          : ofPicker(taken.files);
    if (read && read.files.length === 0 && read.unread === 0) throw new AppError('uploadNothingDropped');
    const { uploads } = await client.call('uploads.list', { stackId: target.stackId, ...clusterMark(target.cluster) }, signal);
    const into = dropGoesTo(uploadsHere(uploads, target.bucket, state).shown, target.prefix);
    const upload = into ?? (await client.call('uploads.stage', { ...target }, signal));
    if (!into) made = upload;
    const { stackId, id } = upload;
    if ('paths' in taken) {
      const { emptyFolders } = await client.call('uploads.addPaths', { stackId, id, paths: [...taken.paths] }, signal);
      note(id, { folders: 0, emptyFolders, unread: 0, unreadNames: [], strangers: 0, strangerNames: [] });
    } else if (read) await (upload.needsFiles ? rejoin : add)(client, upload, read, signal);
    change({ own: new Set(state.own).add(id) });
    choose(target.bucket, id);
  } catch (error) {
    // A tray that got only a part of what was dropped would look whole.
    if (made) await client.call('uploads.remove', { stackId: made.stackId, id: made.id }).catch(() => undefined);
    const failure = error instanceof AppError ? error : new AppError('internal', { incident: '-' });
    if (failure.code !== 'cancelled') change({ failure: { target, error: failure } });
  } finally {
    change({ reading: undefined });
  }
}

function ofPicker(files: readonly SourceFile[]): ReadDrop {
  return { files: [...files], folders: 0, emptyFolders: 0, unread: 0, unreadNames: [] };
}

async function add(client: Client, upload: Upload, read: ReadDrop, signal: AbortSignal): Promise<void> {
  const { stackId, id } = upload;
  const mine: Held = held.get(id) ?? { stackId, files: new Map(), pump: undefined, sends: false };
  held.set(id, mine);
  let newest = upload;
  for (let at = 0; at < read.files.length; at += portion) {
    const some = read.files.slice(at, at + portion);
    const { first, ...added } = await client.call('uploads.add', { stackId, id, files: some.map(announced) }, signal);
    for (const [place, file] of some.entries()) mine.files.set(first + place, file);
    newest = added;
  }
  note(id, { ...read, strangers: 0, strangerNames: [] });
  follow(client, newest);
}

/** The same files once more, after their window was closed. Those that do not belong to the upload are named, not sent. */
async function rejoin(client: Client, upload: Upload, read: ReadDrop, signal: AbortSignal): Promise<void> {
  const { stackId, id } = upload;
  const mine: Held = held.get(id) ?? { stackId, files: new Map(), pump: undefined, sends: false };
  const strangerNames: string[] = [];
  let strangers = 0;
  let newest: Upload = upload;
  for (let at = 0; at < read.files.length; at += portion) {
    const some = read.files.slice(at, at + portion);
    const answer = await client.call('uploads.rejoin', { stackId, id, files: some.map(announced) }, signal);
    const known = new Map(answer.matched);
    for (const [place, file] of some.entries()) {
      const n = known.get(place);
      if (n !== undefined) mine.files.set(n, file);
      else if (++strangers <= namesKept) strangerNames.push(file.path);
    }
    newest = answer.upload;
  }
  held.set(id, mine);
  note(id, { ...read, strangers, strangerNames });
  follow(client, newest);
}

function note(id: string, { folders, emptyFolders, unread, unreadNames, strangers, strangerNames }: DropNote): void {
  const before = state.notes.get(id);
  const next = {
    folders: folders + (before?.folders ?? 0),
    emptyFolders: emptyFolders + (before?.emptyFolders ?? 0),
    unread: unread + (before?.unread ?? 0),
    unreadNames: [...(before?.unreadNames ?? []), ...unreadNames].slice(0, namesKept),
    // Of the newest drop alone: a file that was missing then may have come now.
    strangers,
    strangerNames,
  };
  change({ notes: new Map(state.notes).set(id, next) });
}

function announced({ path, size, modified, type }: SourceFile): { path: string; size: number; modified: number; type?: string } {
  return { path, size, modified, ...(type === '' || type.length > 255 ? {} : { type }) };
}

/** At most every tenth of a second: thousands of files must not draw thousands of pictures. */
function slowly(show: (soFar: ReadSoFar) => void): (soFar: ReadSoFar) => void {
  let last = 0;
  return (soFar) => {
    if (Date.now() - last < 100) return;
    last = Date.now();
    show(soFar);
  };
}
