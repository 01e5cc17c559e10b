import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where the local header begins. */
  readonly offset: number;
}

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;

/** Names and places of a zip file's entries, from its central directory (APPNOTE 4.3.12, 4.3.16). No zip64: wheels of this size need none. */
export async function zipEntries(file: string): Promise<ZipEntry[]> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const tail = await readAt(handle, Math.max(0, size - 65_557), Math.min(size, 65_557));
    const end = lastIndexOf(tail, endSignature);
    if (end < 0) throw new Error(`${file} is not a zip file`);
    const count = tail.readUInt16LE(end + 10);
    const central = await readAt(handle, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    const entries: ZipEntry[] = [];
    for (let at = 0; entries.length < count; ) {
      if (central.readUInt32LE(at) !== centralSignature) throw new Error(`${file} has a damaged directory`);
      const nameLength = central.readUInt16LE(at + 28);
      entries.push({
        method: central.readUInt16LE(at + 10),
        crc: central.readUInt32LE(at + 16),
        packed: central.readUInt32LE(at + 20),
        size: central.readUInt32LE(at + 24),
        offset: central.readUInt32LE(at + 42),
        name: central.toString('utf8', at + 46, at + 46 + nameLength),
      });
      at += 46 + nameLength + central.readUInt16LE(at + 30) + central.readUInt16LE(at + 32);
    }
    return entries;
  } finally {
    await handle.close();
  }
}

/** Writes one entry to a new file. Throws when size or CRC-32 differ from the directory's. */
export async function unzipEntry(file: string, entry: ZipEntry, target: string, mode: number): Promise<void> {
  const handle = await open(file, 'r');
  let start: number;
  try {
    const local = await readAt(handle, entry.offset, 30);
    if (local.readUInt32LE(0) !== localSignature) throw new Error(`${entry.name} has a damaged header`);
    start = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  } finally {
    await handle.close();
  }
  let crc = 0;
  let size = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      crc = crc32(chunk, crc);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const packed = createReadStream(file, { start, end: start + entry.packed - 1 });
  const out = createWriteStream(target, { flags: 'wx', mode });
  if (entry.method === 8) await pipeline(packed, createInflateRaw(), count, out);
  else if (entry.method === 0) await pipeline(packed, count, out);
  else throw new Error(`${entry.name} is packed with method ${entry.method}`);
  if (crc !== entry.crc || size !== entry.size) throw new Error(`${entry.name} is damaged`);
}

function lastIndexOf(buffer: Buffer, signature: number): number {
  for (let at = buffer.length - 22; at >= 0; at--) if (buffer.readUInt32LE(at) === signature) return at;
  return -1;
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (bytesRead !== length) throw new Error('the file is shorter than its directory says');
  return buffer;
}
