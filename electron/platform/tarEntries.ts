import { Readable } from 'node:stream';

export interface TarEntry {
  name: string;
  type: 'file' | 'directory';
  size: number;
  /** Unix permission bits. */
  mode: number;
  /** Must be read to its end before the next entry comes. */
  body: AsyncIterable<Uint8Array>;
}

/** An archive that this reader does not take, and why. */
export class TarRefused extends Error {}

const block = 512;
/** Long names and attributes come as entries of their own, which the tar reader takes into memory whole. */
const maxMeta = 64 * 1024;
const maxName = 4096;
const maxPart = 255;

/**
 * The files and folders of a tar from somebody else, in order. Refuses links, devices, names that lead elsewhere or are
 * huge, an entry that comes twice, and an archive without its end.
 */
export async function* tarEntries(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const unpack = (await import('tar-stream')).extract();
  const seen = new Set<string>();
  const guarded = Readable.from(guard(source), { objectMode: false });
  guarded.on('error', (error) => unpack.destroy(error));
  guarded.pipe(unpack as unknown as NodeJS.WritableStream);
  try {
    for await (const entry of unpack) {
      const { type, size = 0, mode = 0, name: raw } = entry.header;
      if (type !== 'file' && type !== 'directory') throw new TarRefused(`it holds a ${type ?? 'strange entry'}`);
      const name = type === 'directory' ? raw.replace(/\/$/, '') : raw;
      requirePlain(name);
      if (seen.has(name)) throw new TarRefused(`${name.slice(0, 200)} comes twice`);
      seen.add(name);
      yield { name, type, size, mode: mode & 0o777, body: entry as unknown as AsyncIterable<Uint8Array> };
    }
  } finally {
    guarded.destroy();
    unpack.destroy();
  }
}

function requirePlain(name: string): void {
  const shown = name.slice(0, 200).replace(/\p{Cc}/gu, '?');
  const parts = name.split('/');
  const huge = Buffer.byteLength(name) > maxName || parts.some((part) => Buffer.byteLength(part) > maxPart);
  if (huge) throw new TarRefused(`the name ${shown} is too long`);
  const strange = process.platform === 'win32' ? /[\0\\:]/ : /\0/;
  if (strange.test(name) || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new TarRefused(`the name ${shown} would lead elsewhere`);
}

/** Walks the headers beside the reader: huge meta entries are stopped before they are taken into memory. */
async function* guard(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let head = Buffer.alloc(0);
  let skip = 0;
  let empty = 0;
  for await (const piece of source) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let at = 0; at < bytes.length; ) {
      if (skip > 0) {
        const step = Math.min(skip, bytes.length - at);
        skip -= step;
        at += step;
        continue;
      }
      const step = Math.min(block - head.length, bytes.length - at);
      head = Buffer.concat([head, bytes.subarray(at, at + step)]);
      at += step;
      if (head.length < block) continue;
      if (head.every((byte) => byte === 0)) empty += 1;
      else skip = Math.ceil(sizeIn(head) / block) * block;
      head = Buffer.alloc(0);
    }
    yield bytes;
  }
  if (skip > 0 || head.length > 0 || empty < 2) throw new TarRefused('it is cut off');
}

function sizeIn(header: Buffer): number {
  const type = String.fromCharCode(header[156] ?? 0);
  const field = header.subarray(124, 136);
  // Larger sizes than octal digits can say are written in base 256.
  const octal = Number.parseInt(field.toString('latin1').replace(/[\0 ]+$/, '') || '0', 8);
  const size = ((field[0] ?? 0) & 0x80) === 0 ? octal : Number(field.readBigUInt64BE(4));
  if (!Number.isSafeInteger(size) || size < 0) throw new TarRefused('a size in it cannot be read');
  if (/[xgKLN]/.test(type) && size > maxMeta) throw new TarRefused('a name in it is too long');
  return size;
}
