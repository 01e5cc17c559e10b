import { AppError } from '../../../../shared/rpc/errors.ts';
import { droppedFile, pickedFile, type SourceFile } from './sourceFile.ts';

export interface ReadSoFar {
  readonly files: number;
  readonly bytes: number;
}

/** All that a drop held. Symbolic links are left out by the browser, without a word, so nobody can count them. */
export interface ReadDrop {
  readonly files: SourceFile[];
  readonly folders: number;
  /** Those of them that hold nothing. */
  readonly emptyFolders: number;
  /** How many entries could not be read, and the names of the first of them. */
  readonly unread: number;
  readonly unreadNames: readonly string[];
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  onProgress(soFar: ReadSoFar): void;
}

/** What a drop holds, not read yet: a browser gives its entries only while the drop event is handled. */
export type DropEntry = FileSystemEntry | File | null;

export function entriesOf(transfer: DataTransfer): DropEntry[] {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  return items.map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
}

const namesKept = 20;

/** Reads dropped entries and all that lies in dropped folders, batch by batch; files come in the order of their paths. */
export async function readDrop(entries: readonly DropEntry[], { signal, onProgress }: ReadOptions): Promise<ReadDrop> {
  const files: SourceFile[] = [];
  const waiting: { folder: FileSystemDirectoryEntry; path: string }[] = [];
  const unreadNames: string[] = [];
  let [bytes, unread, folders, emptyFolders] = [0, 0, 0, 0];

  const lost = (path: string): void => {
    unread++;
    if (unreadNames.length < namesKept) unreadNames.push(path);
  };
  const take = async (entry: DropEntry, above: string): Promise<void> => {
    if (entry === null) return lost('');
    const path = `${above}${entry.name}`;
    try {
      if (!(entry instanceof File) && entry.isDirectory) {
        folders++;
        waiting.push({ folder: entry as FileSystemDirectoryEntry, path });
        return;
      }
      const file = entry instanceof File ? pickedFile(entry) : await droppedFile(entry as FileSystemFileEntry, path);
      files.push(file);
      bytes += file.size;
    } catch {
      lost(path);
    }
  };
  const takeAll = async (batch: readonly DropEntry[], above: string): Promise<void> => {
    await Promise.all(batch.map((entry) => take(entry, above)));
    if (signal.aborted) throw new AppError('cancelled');
    onProgress({ files: files.length, bytes });
  };

  await takeAll(entries, '');
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { folder, path } = next;
    try {
      // A reader gives at most a hundred entries at a time.
      const reader = folder.createReader();
      for (let batches = 0; ; batches++) {
        const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
        if (batch.length === 0) {
          if (batches === 0) emptyFolders++;
          break;
        }
        await takeAll(batch, `${path}/`);
      }
    } catch (error) {
      if (error instanceof AppError) throw error;
      lost(`${path}/`);
    }
  }
  files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { files, folders, emptyFolders, unread, unreadNames };
}
