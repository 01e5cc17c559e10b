import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unzipEntry, zipEntries } from './zip.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-zip-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Part {
  name: string;
  content: string;
  method: 0 | 8;
  crc?: number;
}

/** A zip file written from the format's description (APPNOTE 4.3.7, 4.3.12, 4.3.16), with a comment at its end. */
function zipOf(parts: readonly Part[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, method, crc = crc32(content) } of parts) {
    const packed = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    // An extra field that the directory does not have: its length counts here only.
    local.writeUInt16LE(4, 28);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(crc, 16);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(Buffer.byteLength(content), 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(offset, 42);
    const whole = Buffer.concat([local, Buffer.from(name), Buffer.alloc(4), packed]);
    locals.push(whole);
    directory.push(central, Buffer.from(name));
    offset += whole.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(7, 20);
  return Buffer.concat([...locals, ...directory, end, Buffer.from('comment')]);
}

async function written(name: string, content: Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

describe('a zip file', () => {
  it('gives back its entries, packed or not', async () => {
    const text = 'the same words again and again '.repeat(500);
    const parts: Part[] = [
      { name: 'one/a.txt', content: text, method: 8 },
      { name: 'b.txt', content: 'short', method: 0 },
    ];
    const file = await written('good.zip', zipOf(parts));
    const entries = await zipEntries(file);
    expect(entries.map(({ name, size }) => [name, size])).toEqual([
      ['one/a.txt', text.length],
      ['b.txt', 5],
    ]);
    for (const [index, entry] of entries.entries()) {
      const target = join(folder, `out-${index}`);
      await unzipEntry(file, entry, target, 0o600);
      expect(await readFile(target, 'utf8')).toBe(parts[index]?.content);
    }
  });

  it('is refused when an entry is not what the directory says', async () => {
    const file = await written('bad.zip', zipOf([{ name: 'a', content: 'altered', method: 8, crc: 1 }]));
    const [entry] = await zipEntries(file);
    if (entry === undefined) throw new Error('the entry is there');
    await expect(unzipEntry(file, entry, join(folder, 'bad'), 0o600)).rejects.toThrow('a is damaged');
  });

  it('is refused when it is none', async () => {
    await expect(zipEntries(await written('no.zip', Buffer.from('not a zip file, but long enough to look')))).rejects.toThrow('not a zip');
    await expect(zipEntries(await written('empty.zip', Buffer.alloc(0)))).rejects.toThrow();
  });
});
