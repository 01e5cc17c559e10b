import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../shared/secret.ts';
import { createLog, type Log } from './log.ts';
import { createSealedStore, type SealedStore } from './sealedStore.ts';

let folder: string;
let log: Log;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-store-'));
  log = createLog(join(folder, 'engine.log'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (): SealedStore => createSealedStore({ folder, log });
const read = (store: SealedStore, name: string): string | undefined => store.get('a', name)?.reveal();

test('a practice store keeps secrets over engines, says that it is not protected, and its files are 0600', async () => {
  const first = open();
  expect((await first.create('practice')).protected).toBe(false);
  await first.set('a', 'token', new Secret('tracer-1'));
  await first.set('a', 'other', new Secret('tracer-2'));

  const second = open();
  expect(await second.openIfPossible()).toMatchObject({ state: 'open', mode: 'practice', protected: false });
  expect(read(second, 'token')).toBe('tracer-1');
  expect(second.get('b', 'token')).toBeUndefined();
  expect(second.get('constructor', 'name')).toBeUndefined();
  for (const name of ['sealed.sdv', 'sealed.sdv.bak', 'practice.key']) {
    const file = join(folder, name);
    expect((await readFile(file)).includes('tracer-1'), name).toBe(false);
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777, name).toBe(0o600);
  }
});

test('a passphrase store stays locked at start, refuses a wrong passphrase and opens with the right one', async () => {
  const first = open();
  await expect(first.create('passphrase')).rejects.toThrow('passphraseMissing');
  await expect(first.create('passphrase', new Secret('short'))).rejects.toThrow('passphraseShort');
  await first.create('passphrase', new Secret('correct caf\u00e9 staple'));
  await first.set('a', 'token', new Secret('tracer'));

  const second = open();
  expect(await second.openIfPossible()).toMatchObject({ state: 'locked', mode: 'passphrase' });
  expect(() => second.get('a', 'token')).toThrow('storeLocked');
  await expect(second.set('a', 'token', new Secret('x'))).rejects.toThrow('storeLocked');
  await expect(second.unlock()).rejects.toThrow('passphraseMissing');
  await expect(second.unlock(new Secret('wrong horse staple'))).rejects.toThrow('storeWrongKey');
  expect(second.status().state).toBe('locked');
  await second.unlock(new Secret('correct cafe\u0301 staple'));
  expect(read(second, 'token')).toBe('tracer');
  await second.lock();
  expect(() => second.get('a', 'token')).toThrow('storeLocked');
}, 30_000);

test('an existing store is never overwritten, not even one whose file is missing beside its backup', async () => {
  const first = open();
  await first.create('practice');
  await first.set('a', 'token', new Secret('tracer'));
  const before = await readFile(join(folder, 'sealed.sdv'));
  await expect(first.create('practice')).rejects.toThrow('storeExists');
  await expect(open().create('memory')).rejects.toThrow('storeExists');
  expect((await readFile(join(folder, 'sealed.sdv'))).equals(before)).toBe(true);

  await rm(join(folder, 'sealed.sdv'));
  await expect(open().create('practice')).rejects.toThrow('storeDamaged');
});

test('a file that something else changed is refused and stays as it is', async () => {
  const [one, two] = [open(), open()];
  await one.create('practice');
  await two.unlock();
  await two.set('a', 'theirs', new Secret('2'));
  await expect(one.set('a', 'mine', new Secret('1'))).rejects.toMatchObject({ code: 'storeDamaged' });
  expect(one.has('a', 'mine')).toBe(false);
  const third = open();
  await third.unlock();
  expect([read(third, 'theirs'), read(third, 'mine')]).toEqual(['2', undefined]);
});

test('the previous generation lies beside the file, but not what was deleted', async () => {
  const store = open();
  await store.create('practice');
  await store.set('a', 'kept', new Secret('1'));
  await store.set('a', 'shares', new Secret('2'));
  await store.delete('a', 'shares');
  await writeFile(join(folder, 'sealed.sdv'), await readFile(join(folder, 'sealed.sdv.bak')));
  const restored = open();
  await restored.unlock();
  expect([read(restored, 'kept'), read(restored, 'shares')]).toEqual(['1', undefined]);
});

test('memory leaves nothing on disk, is not durable, cannot be locked, and moves into a durable store whole', async () => {
  const store = open();
  expect(() => store.requireDurable('A CA')).toThrow('storeAbsent');
  await store.create('memory');
  await store.set('a', 'token', new Secret('tracer'));
  expect(await readdir(folder)).not.toContain('sealed.sdv');
  expect(store.durable()).toBe(false);
  expect(() => store.requireDurable('A CA')).toThrow('storeNotDurable');
  await expect(store.lock()).rejects.toThrow('storeNotLockable');

  await store.create('practice');
  store.requireDurable('A CA');
  const next = open();
  await next.openIfPossible();
  expect(read(next, 'token')).toBe('tracer');
});

test('many writes at once are stored one after the other and none is lost', async () => {
  const store = open();
  await store.create('practice');
  await Promise.all(Array.from({ length: 20 }, (_, n) => store.set('a', `n${n}`, new Secret(String(n)))));
  const next = open();
  await next.unlock();
  expect(Array.from({ length: 20 }, (_, n) => read(next, `n${n}`))).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
});

test('a write that fails changes neither the file nor what readers see', async () => {
  const store = open();
  await store.create('practice');
  await store.set('a', 'token', new Secret('old'));
  await rm(join(folder, 'sealed.sdv.bak'));
  await mkdir(join(folder, 'sealed.sdv.bak', 'in the way'), { recursive: true });
  await expect(store.set('a', 'token', new Secret('new'))).rejects.toMatchObject({ code: 'fileNotWritable' });
  expect(read(store, 'token')).toBe('old');
  const next = open();
  await next.unlock();
  expect(read(next, 'token')).toBe('old');
});

test('listeners hear of every opening and locking', async () => {
  const store = open();
  const heard: string[] = [];
  const stop = store.onChange(({ state }) => heard.push(state));
  await store.create('practice');
  await store.lock();
  await store.unlock();
  stop();
  await store.lock();
  expect(heard).toEqual(['open', 'locked', 'open']);
});

test('a store that is not a sealed file is damaged, and the engine still starts', async () => {
  await writeFile(join(folder, 'sealed.sdv'), 'something else');
  const store = open();
  expect((await store.openIfPossible()).state).toBe('locked');
  await expect(store.create('practice')).rejects.toThrow('storeExists');
  await expect(store.unlock()).rejects.toThrow('storeDamaged');
  expect(await readFile(join(folder, 'sealed.sdv'), 'utf8')).toBe('something else');
});
