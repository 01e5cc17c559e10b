import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../shared/secret.ts';
import { createLog } from './log.ts';
import { createSealedStore, type SealedStore } from './sealedStore.ts';
import { copyOf, takeCopy } from './storeCopy.ts';

let folder: string;
const word = new Secret('correct horse battery');
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-copy-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function storeIn(name: string): Promise<SealedStore> {
  const store = createSealedStore({ folder: join(folder, name), log: createLog(join(folder, `${name}.log`)) });
  await store.create('practice');
  return store;
}
const values = (store: SealedStore, scope: string) => store.names(scope).map((name) => [name, store.get(scope, name)?.reveal()]);
const set = (store: SealedStore, scope: string, given: Record<string, string>) =>
  store.setAll(scope, new Map(Object.entries(given).map(([name, value]) => [name, new Secret(value)])));

test('a copy brings the secrets of stacks that have none here, and loses nothing that is here', async () => {
  const [from, to] = [await storeIn('from'), await storeIn('to')];
  await set(from, 'stack:new', { 'ca.key': 'tracer-1' });
  await set(from, 'stack:both', { 'ca.key': 'theirs', 'minio.root': 'theirs' });
  await set(from, 'journal', { seal: 'theirs' });
  await set(to, 'stack:both', { 'ca.key': 'ours', 'vault.init': 'ours' });
  await set(to, 'journal', { seal: 'ours' });
  const copy = await copyOf(from, word);
  expect(Buffer.from(copy, 'base64').includes('tracer-1')).toBe(false);

  expect(await takeCopy(to, copy, word, false)).toEqual({ taken: 1, kept: 2 });
  expect(values(to, 'stack:both')).toEqual([
    ['ca.key', 'ours'],
    ['vault.init', 'ours'],
  ]);
  expect(values(to, 'stack:new')).toEqual([['ca.key', 'tracer-1']]);

  expect(await takeCopy(to, copy, word, true)).toEqual({ taken: 2, kept: 1 });
  expect(values(to, 'stack:both')).toEqual([
    ['ca.key', 'theirs'],
    ['minio.root', 'theirs'],
    ['vault.init', 'ours'],
  ]);
  expect(values(to, 'journal')).toEqual([['seal', 'ours']]);
}, 30_000);

test('a wrong passphrase, a damaged file and a store that is no copy are refused, and nothing changes', async () => {
  const store = await storeIn('one');
  await set(store, 'stack:a', { 'ca.key': 'ours' });
  const copy = await copyOf(store, word);
  await expect(takeCopy(store, copy, new Secret('another passphrase'), true)).rejects.toMatchObject({ code: 'storeWrongKey' });
  const bytes = Buffer.from(copy, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await expect(takeCopy(store, bytes.toString('base64'), word, true)).rejects.toMatchObject({ code: 'storeWrongKey' });
  await expect(takeCopy(store, 'not a copy', word, true)).rejects.toMatchObject({ code: 'storeDamaged' });
  await expect(copyOf(store, new Secret('short'))).rejects.toMatchObject({ code: 'passphraseShort' });
  expect(values(store, 'stack:a')).toEqual([['ca.key', 'ours']]);
}, 30_000);
