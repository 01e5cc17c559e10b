import { describe, expect, it } from 'vitest';
import { type DropEntry, readDrop } from './readDrop.ts';

/** Entries as Chromium gives them, a hundred at a time: stand-ins, because only a browser makes real ones. */
const file = (name: string, content = 'x'): FileSystemEntry =>
  ({
    name,
    isFile: true,
    isDirectory: false,
    file: (done: (made: File) => void) => done(new File([content], name, { lastModified: 5 })),
  }) as unknown as FileSystemEntry;
const locked = (name: string): FileSystemEntry =>
  ({
    name,
    isFile: true,
    isDirectory: false,
    file: (_: unknown, fail: (error: Error) => void) => fail(new DOMException('', 'NotReadableError')),
  }) as unknown as FileSystemEntry;
const folder = (name: string, inside: FileSystemEntry[]): FileSystemEntry =>
  ({
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      let at = 0;
      const next = (): FileSystemEntry[] => {
        at += 100;
        return inside.slice(at - 100, at);
      };
      return { readEntries: (done: (some: FileSystemEntry[]) => void) => done(next()) };
    },
  }) as unknown as FileSystemEntry;

const read = (
  entries: DropEntry[],
  signal = new AbortController().signal,
  onProgress: (soFar: { files: number }) => void = () => undefined,
) => readDrop(entries, { signal, onProgress });

describe('reading a drop', () => {
  it('finds every file of nested folders, more than one batch of them, and the empty ones', async () => {
    const many = Array.from({ length: 250 }, (_, at) => file(`f${String(at).padStart(3, '0')}`));
    const found = await read([folder('a', [folder('deep', many), file('empty', '')]), file('top.txt', 'four')]);
    expect(found.files).toHaveLength(252);
    expect(found.files.map(({ path }) => path).slice(-3)).toEqual(['a/deep/f249', 'a/empty', 'top.txt']);
    expect(found.files.at(-1)).toMatchObject({ size: 4, modified: 5 });
    expect(found).toMatchObject({ folders: 2, unread: 0 });
  });

  it('counts the folders that hold nothing', async () => {
    const found = await read([folder('a', [folder('hollow', [folder('deeper', [])]), file('f')]), folder('b', [])]);
    expect(found).toMatchObject({ folders: 4, emptyFolders: 2 });
    expect(found.files.map(({ path }) => path)).toEqual(['a/f']);
  });

  it('counts and names what cannot be read, and takes the rest', async () => {
    const found = await read([folder('a', [locked('secret'), file('open')]), null]);
    expect(found.files.map(({ path }) => path)).toEqual(['a/open']);
    expect(found).toMatchObject({ unread: 2, unreadNames: ['', 'a/secret'] });
  });

  it('stops between batches when it is told to, and gives nothing', async () => {
    const abort = new AbortController();
    const many = Array.from({ length: 500 }, (_, at) => file(`f${at}`));
    const seen: number[] = [];
    const reading = read([folder('a', many)], abort.signal, ({ files }) => {
      seen.push(files);
      if (files >= 200) abort.abort();
    });
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen).toEqual([0, 100, 200]);
  });
});
