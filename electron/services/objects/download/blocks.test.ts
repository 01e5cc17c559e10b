import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createFileWriter, type PieceWriter } from './blocks.ts';

const mebibyte = 1024 * 1024;

async function put(piece: PieceWriter, content: Buffer, mostBytes: number): Promise<void> {
  for (let at = 0; at < content.length; ) {
    const copied = content.copy(piece.room(), 0, at, Math.min(at + mostBytes, content.length));
    expect(copied).toBeGreaterThan(0);
    at += copied;
    await piece.took(copied);
  }
  await piece.end();
}

it('writes pieces side by side, each in order, and shows each block before', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sealdeck-blocks-'));
  const handle = await open(join(folder, 'file'), 'w+');
  try {
    const content = randomBytes(12 * mebibyte + 5);
    const cuts = [0, 5 * mebibyte + 1, 5 * mebibyte + 4, content.length];
    const seen: Buffer[][] = cuts.map(() => []);
    const piece = createFileWriter(handle, content.length);
    await Promise.all(
      cuts.slice(0, -1).map((from, at) =>
        put(
          piece(from, (block) => seen[at]?.push(Buffer.from(block))),
          content.subarray(from, cuts[at + 1]),
          70_000,
        ),
      ),
    );
    expect((await readFile(join(folder, 'file'))).equals(content)).toBe(true);
    expect(Buffer.concat(seen.flat()).equals(content)).toBe(true);
  } finally {
    await handle.close();
    await rm(folder, { recursive: true });
  }
});

it.each([
  ['write', { write: () => Promise.reject(new Error('full')) }],
  [
    'sync',
    {
      write: async (_: Buffer, _at: number, bytesWritten: number) => ({ bytesWritten }),
      datasync: () => Promise.reject(new Error('full')),
    },
  ],
])('says at the end at the latest that a %s failed, and leaves none under way', async (_, disk) => {
  const piece = createFileWriter(disk as unknown as FileHandle, 70 * mebibyte)(0, () => undefined);
  await expect(put(piece, Buffer.alloc(66 * mebibyte), mebibyte)).rejects.toThrow('full');
  await piece.leave();
});
