import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createFileStore } from '../../platform/files.ts';
import { readSent } from '../../platform/sentText.ts';
import { createImports, readAliases, readOwnMcConfig } from './imports.ts';

const alias = (change: object = {}) => ({ url: 'https://minio:9000', accessKey: 'operator', secretKey: 'a-long-secret', ...change });
const config = (aliases: object): string => JSON.stringify({ version: '10', aliases });
const signal = new AbortController().signal;

describe('the aliases of mc', () => {
  it('are told without a secret; examples and sessions are left out', () => {
    const { aliases, credentials } = readAliases(
      'config.json',
      config({
        prod: alias(),
        tricky: alias({ url: 'https://user:hidden-in-url@minio:9000/path?x' }),
        example: alias({ accessKey: 'YOUR-ACCESS-KEY-HERE' }),
        empty: alias({ secretKey: '' }),
        session: alias({ sessionToken: 'temporary' }),
        broken: alias({ url: 'minio' }),
      }),
    );
    expect(aliases).toEqual([
      { name: 'prod', url: 'https://minio:9000', accessKey: 'operator' },
      { name: 'tricky', url: 'https://minio:9000', accessKey: 'operator' },
    ]);
    expect(JSON.stringify([aliases, [...credentials]])).not.toMatch(/a-long-secret|hidden-in-url/);
  });

  it.each(['', 'no JSON', '[]', '{"aliases":[1]}', '{"aliases":{"x":"y"}}'])('are refused in a file that holds %j', (content) =>
    expect(() => readAliases('config.json', content)).toThrow(expect.objectContaining({ code: 'connectFileRefused' })),
  );

  it('are read of the user’s own file, where there is one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sealdeck-mc-'));
    expect(await readOwnMcConfig({ MC_CONFIG_DIR: folder })).toBeUndefined();
    await writeFile(join(folder, 'config.json'), config({ prod: alias() }));
    expect((await readOwnMcConfig({ MC_CONFIG_DIR: folder }))?.content).toContain('prod');
    await writeFile(join(folder, 'config.json'), Buffer.alloc(1_000_001, 0x20));
    await expect(readOwnMcConfig({ MC_CONFIG_DIR: folder })).rejects.toMatchObject({ code: 'connectFileRefused' });
    await rm(folder, { recursive: true });
  });
});

describe('a secret that was imported', () => {
  it('is there for its own kind, under its own name, and for a while only', async () => {
    const imports = createImports(30);
    const { credentials } = readAliases('x', config({ prod: alias() }));
    const source = imports.keep(credentials);
    expect(imports.take('minio', source, 'prod')).toMatchObject({ kind: 'minio', user: 'operator' });
    for (const wrong of [
      ['minio', source, 'other'],
      ['minio', 'guessed', 'prod'],
    ] as const)
      expect(() => imports.take(wrong[0], wrong[1], wrong[2])).toThrow(expect.objectContaining({ code: 'connectImportGone' }));
    await new Promise((wake) => setTimeout(wake, 40));
    expect(() => imports.take('minio', source, 'prod')).toThrow(expect.objectContaining({ code: 'connectImportGone' }));
  });
});

it('lists no alias whose name or user is longer than any, or moves a cursor', () => {
  const odd = { ['n'.repeat(101)]: alias(), 'a\u001b[2J': alias(), long: { ...alias(), accessKey: 'x'.repeat(129) }, good: alias() };
  expect(readAliases('x', config(odd)).aliases.map(({ name }) => name)).toEqual(['good']);
});

describe('a file that the window sends', () => {
  const send = (bytes: Buffer) => {
    const files = createFileStore();
    const { token } = files.announce({ name: 'some file', size: bytes.length });
    const sent = files.receive(token, Readable.from([bytes])).catch(() => undefined);
    return readSent(files, token, signal).finally(() => sent);
  };
  it('is read as text', async () => expect((await send(Buffer.from('MINIO_ROOT_USER=x'))).content).toBe('MINIO_ROOT_USER=x'));
  it('is refused when it is long', () => expect(send(Buffer.alloc(1_000_001))).rejects.toMatchObject({ code: 'connectFileRefused' }));
  it('is refused when it is no text', () =>
    expect(send(Buffer.from([0xff, 0xfe, 0]))).rejects.toMatchObject({ code: 'connectFileRefused' }));
});
