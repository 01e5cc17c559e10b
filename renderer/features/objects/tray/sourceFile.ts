/** A file that a window can give pieces of, as it was when it was dropped or picked. */
export interface SourceFile {
  /** Below the target, folders included. */
  readonly path: string;
  readonly size: number;
  /** ms since 1970. */
  readonly modified: number;
  readonly type: string;
  /** The file as it is now. Rejects with a DOMException when it is gone or may not be read. */
  fresh(): Promise<File>;
}

export type Loss = 'changed' | 'gone' | 'unreadable';

/** A file of a picker: its size and time are read from the disk each time (Chromium) or frozen, and then reading fails. */
export function pickedFile(file: File): SourceFile {
  const path = file.webkitRelativePath === '' ? file.name : file.webkitRelativePath;
  return { ...factsOf(file), path, fresh: async () => file };
}

/** A file of a dropped folder: its entry gives a new picture of it each time. */
export async function droppedFile(entry: FileSystemFileEntry, path: string): Promise<SourceFile> {
  const fresh = (): Promise<File> => new Promise((resolve, reject) => entry.file(resolve, reject));
  return { ...factsOf(await fresh()), path, fresh };
}

function factsOf(file: File): { size: number; modified: number; type: string } {
  return { size: file.size, modified: file.lastModified, type: file.type };
}

/** The file as it is now, if it still is the one that was announced: else why it cannot be sent. */
export async function stillThere(source: SourceFile): Promise<File | Loss> {
  try {
    const file = await source.fresh();
    if (file.size === source.size && file.lastModified === source.modified) return file;
    return (await readsOf(file)) === 'gone' ? 'gone' : 'changed';
  } catch (error) {
    return lossOf(error);
  }
}

/** After a piece could not be sent: whether the file is the reason. Undefined: it is not. */
export async function lossSince(source: SourceFile): Promise<Loss | undefined> {
  const now = await stillThere(source);
  return typeof now === 'string' ? now : readsOf(now);
}

async function readsOf(file: File): Promise<Loss | undefined> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return undefined;
  } catch (error) {
    return lossOf(error);
  }
}

function lossOf(error: unknown): Loss {
  return error instanceof DOMException && error.name === 'NotFoundError' ? 'gone' : 'unreadable';
}
