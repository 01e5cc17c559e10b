import { buffer } from 'node:stream/consumers';
import { type Header, pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { Secret } from '../../shared/secret.ts';
import { AgeDamaged, openStream, PassphraseWrong, sealStream } from './ageStream.ts';
import { TarRefused, tarEntries } from './tarEntries.ts';

type Entry = [header: Partial<Header> & { name: string }, content?: string];

async function tarOf(...entries: Entry[]): Promise<Buffer> {
  const made = pack();
  for (const [header, content = ''] of entries) made.entry(header, content);
  made.finalize();
  return buffer(made as unknown as NodeJS.ReadableStream);
}

/** Bytes in pieces that fit no block. */
async function* inPieces(bytes: Buffer, size = 77): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(source: AsyncIterable<Uint8Array>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, type, body } of tarEntries(source)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    found[name] = type === 'file' ? Buffer.concat(chunks).toString() : type;
  }
  return found;
}

const long = `${'folder/'.repeat(40)}file`;

test('files and folders come out as they went in, long names too, in whatever pieces they come', async () => {
  const bytes = await tarOf(
    [{ name: 'a', type: 'directory' }],
    [{ name: 'a/b' }, 'x'.repeat(2000)],
    [{ name: long }, 'deep'],
    [{ name: 'empty' }],
  );
  expect(await read(inPieces(bytes))).toEqual({ a: 'directory', 'a/b': 'x'.repeat(2000), [long]: 'deep', empty: '' });
});

test.each<[string, Entry[]]>([
  ['a symbolic link', [[{ name: 'a', type: 'symlink', linkname: '/etc/passwd' }]]],
  ['a hard link', [[{ name: 'a' }, 'x'], [{ name: 'b', type: 'link', linkname: 'a' }]]],
  ['a device', [[{ name: 'a', type: 'character-device' }]]],
  ['a way out', [[{ name: '../a' }, 'x']]],
  ['a way out in the middle', [[{ name: 'files/../../a' }, 'x']]],
  ['an absolute name', [[{ name: '/etc/a' }, 'x']]],
  [
    'an entry that comes twice',
    [
      [{ name: 'a' }, 'x'],
      [{ name: 'a' }, 'y'],
    ],
  ],
  ['a file in the place of a folder', [[{ name: 'a', type: 'directory' }], [{ name: 'a' }, 'y']]],
  ['a part of a name that no disk takes', [[{ name: `${'x'.repeat(300)}/a` }, 'x']]],
  ['a name of 5000 bytes', [[{ name: `${`${'y'.repeat(200)}/`.repeat(25)}a` }, 'x']]],
])('%s is refused', async (_what, entries) => {
  await expect(read(inPieces(await tarOf(...entries)))).rejects.toThrow(TarRefused);
});

test('a name that is announced as huge is refused before it is taken into memory', async () => {
  const bytes = await tarOf([{ name: long }, 'x']);
  // The first header is the one of the long name: its size becomes 8 GiB.
  bytes.write('77777777777\0', 124, 'latin1');
  await expect(read(inPieces(bytes))).rejects.toThrow('a name in it is too long');
});

test('an archive without its end is refused', async () => {
  const bytes = await tarOf([{ name: 'a' }, 'x'.repeat(2000)]);
  for (const length of [300, 600, 1500, bytes.length - 1024]) await expect(read(inPieces(bytes.subarray(0, length)))).rejects.toThrow();
});

test('a sealed stream opens with its passphrase; another one, a flipped bit and a cut end are told apart', async () => {
  const content = Buffer.alloc(200_000, 'Sealdeck');
  const word = new Secret('correct horse');
  const sealed = await buffer(await sealStream(inPieces(content, 10_000), word, 10));
  expect(sealed.subarray(0, 22).toString()).toBe('age-encryption.org/v1\n');
  expect((await buffer(openStream(inPieces(sealed, 10_000), word))).equals(content)).toBe(true);
  await expect(buffer(openStream(inPieces(sealed), new Secret('correct house')))).rejects.toThrow(PassphraseWrong);
  const altered = Buffer.from(sealed);
  altered[100_000] = (altered[100_000] ?? 0) ^ 1;
  await expect(buffer(openStream(inPieces(altered, 10_000), word))).rejects.toThrow(AgeDamaged);
  for (const length of [100, 70_000, sealed.length - 1])
    await expect(buffer(openStream(inPieces(sealed.subarray(0, length), 10_000), word))).rejects.toThrow(AgeDamaged);
}, 60_000);
