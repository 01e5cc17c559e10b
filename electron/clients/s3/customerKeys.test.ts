import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import type { StackSecrets } from '../../jobs/step.ts';
import { createSealedStore, type SealedStore } from '../../platform/sealedStore.ts';
import { nearness, noteNames } from './customerKeyNotes.ts';
import { customerKeysOf } from './customerKeys.ts';

const log = { info: () => undefined, error: () => undefined };
/** minio.md 3.2: the key of bytes 00 to 1f, and its MD5. */
const vector = { base64: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', md5: 'tP/LI3N87DFaSk0aoqYgzg==' };
const vectorHex = Buffer.from(vector.base64, 'base64').toString('hex');

describe('customer keys in a sealed store', () => {
  let folder: string;
  let store: SealedStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-keys-'));
    store = createSealedStore({ folder, log });
    await store.create('practice');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const secretsIn = (sealed: SealedStore): StackSecrets => ({
    get: (name) => sealed.get('stack:x', name),
    set: (name, value) => sealed.set('stack:x', name, value),
    delete: (name) => sealed.delete('stack:x', name),
    has: (name) => sealed.has('stack:x', name),
    requireDurable: (what) => sealed.requireDurable(what),
  });
  const keys = () => customerKeysOf({ secrets: secretsIn(store) });
  /** As another engine would find it, from `sealed.sdv` or from the generation before. */
  async function reopened(file: 'sealed.sdv' | 'sealed.sdv.bak' = 'sealed.sdv') {
    const other = join(folder, `other-${file}`);
    await mkdir(other);
    await copyFile(join(folder, file), join(other, 'sealed.sdv'));
    await copyFile(join(folder, 'practice.key'), join(other, 'practice.key'));
    const again = createSealedStore({ folder: other, log });
    expect((await again.openIfPossible()).state).toBe('open');
    return customerKeysOf({ secrets: secretsIn(again) });
  }

  it('makes a key of 32 bytes that is on disk before it may be used, and tells all of it but its bytes', async () => {
    const made = await keys().make('Archive');
    const bytes = Buffer.from(keys().secret(made.id).reveal(), 'base64');
    expect(bytes).toHaveLength(32);
    expect(made.id).toBe(createHash('sha256').update(bytes).digest('hex').slice(0, 32));
    const again = await reopened();
    expect(again.secret(made.id).reveal()).toBe(bytes.toString('base64'));
    expect(again.list()).toEqual([made]);
    for (const form of ['base64', 'hex', 'base64url'] as const)
      expect(JSON.stringify([made, keys().list()])).not.toContain(bytes.toString(form));
  });

  it('takes its record apart once for all objects of a job, and anew after each change, also by somebody else', async () => {
    const made = await keys().make('Archive');
    const job = keys();
    const parse = vi.spyOn(JSON, 'parse');
    try {
      for (let object = 0; object < 100; object++) job.secret(made.id);
      expect(parse).toHaveBeenCalledTimes(1);
      await keys().remove(made.id);
      parse.mockClear();
      for (let object = 0; object < 100; object++) expect(() => job.secret(made.id)).toThrow('customerKeyMissing');
      expect(parse).toHaveBeenCalledTimes(1);
    } finally {
      parse.mockRestore();
    }
  });

  it('makes and takes none while the store would forget it', async () => {
    const memory = createSealedStore({ folder: join(folder, 'none'), log });
    await memory.create('memory');
    const forgetful = customerKeysOf({ secrets: secretsIn(memory) });
    await expect(forgetful.make('Archive')).rejects.toMatchObject({ code: 'storeNotDurable' });
    await expect(forgetful.take('Archive', new Secret(vectorHex))).rejects.toMatchObject({ code: 'storeNotDurable' });
    expect(forgetful.list()).toEqual([]);
  });

  it.each([vector.base64, vectorHex, vectorHex.toUpperCase(), ` ${vector.base64}\n`])('takes a key in as %s', async (text) => {
    expect(await keys().take('Theirs', new Secret(text))).toMatchObject({ name: 'Theirs', md5: vector.md5 });
  });

  it.each([vector.base64.replace('=', ''), `${vectorHex.slice(0, 32)}\n${vectorHex.slice(32)}`])(
    'takes a key in as other tools write it: %j',
    async (text) => {
      expect(await keys().take('Theirs', new Secret(text))).toMatchObject({ md5: vector.md5 });
    },
  );

  it('takes a key in as base64 for addresses', async () => {
    const bytes = Buffer.alloc(32, 0xfb);
    expect(bytes.toString('base64url')).toMatch(/[-_]/);
    const { id } = await keys().take('Theirs', new Secret(bytes.toString('base64url')));
    expect(keys().secret(id).reveal()).toBe(bytes.toString('base64'));
  });

  it.each([
    ['c2hvcnQ=', 5],
    [vectorHex.slice(2), 31],
    [`${vectorHex}00`, 33],
    ['x'.repeat(32), 24],
  ])('refuses %j, which has %i bytes', async (text, bytes) => {
    const refused = { code: 'customerKeyWrongLength', details: { bytes } };
    await expect(keys().take('Theirs', new Secret(text))).rejects.toMatchObject(refused);
  });

  it.each([vector.base64.replace('A', '!'), `${vectorHex}g`, vector.base64.replace('8=', '9='), '=', ' '])(
    'refuses %j, which is no key',
    async (text) => {
      await expect(keys().take('Theirs', new Secret(text))).rejects.toMatchObject({ code: 'customerKeyUnreadable' });
    },
  );

  it('keeps names and keys apart from each other', async () => {
    await keys().take('Theirs', new Secret(vector.base64));
    await expect(keys().make('theirs')).rejects.toMatchObject({ code: 'customerKeyNameTaken' });
    await expect(keys().take('Other', new Secret(vectorHex))).rejects.toMatchObject({
      code: 'customerKeyKnown',
      details: { name: 'Theirs' },
    });
    expect(keys().list()).toHaveLength(1);
  });

  it('removes a key from the store and from the generation before it', async () => {
    const kept = await keys().make('Kept');
    const gone = await keys().make('Gone');
    await keys().remove(gone.id);
    expect(() => keys().secret(gone.id)).toThrow('customerKeyMissing');
    await expect(keys().remove(gone.id)).rejects.toMatchObject({ code: 'customerKeyMissing' });
    expect((await reopened('sealed.sdv.bak')).list()).toEqual([kept]);
    expect((await reopened()).list()).toEqual([kept]);
  });

  it('loses no note when many come at once, and counts each object once', async () => {
    const { id } = await keys().make('Archive');
    await Promise.all(Array.from({ length: 20 }, (_, batch) => keys().used(id, 'bucket', [`a/${batch}`, `b/${batch}`, 'same'])));
    await keys().exported([id]);
    expect(keys().list()).toMatchObject([{ objects: 41, exportedAt: expect.any(String) }]);
    await expect(keys().used('0'.repeat(32), 'bucket', ['x'])).rejects.toMatchObject({ code: 'customerKeyMissing' });
  });
});

describe('notes of what a key was used for', () => {
  it('find the key of a noted object first, then that of its folder, then that of its bucket', () => {
    const { notes } = noteNames({}, 'bucket', ['a/b', 'c']);
    const folders = { bucket: { names: [], folders: ['a/'] } };
    expect([
      nearness(notes, 'bucket', 'c'),
      nearness(folders, 'bucket', 'a/x'),
      nearness(notes, 'bucket', 'x'),
      nearness(notes, 'other', 'c'),
    ]).toEqual([3, 2, 1, 0]);
    expect(nearness(notes, 'constructor', 'c')).toBe(0);
    expect(nearness(noteNames(notes, 'constructor', ['c']).notes, 'constructor', 'c')).toBe(3);
  });

  it('stay small whatever is sent: names give way to folders, folders to those above', () => {
    let notes = {};
    let added = 0;
    for (let batch = 0; batch < 100; batch++) {
      const names = Array.from({ length: 1_000 }, (_, index) => `deep/${batch}/${index % 50}/folder ${index}/${'n'.repeat(80)}`);
      const result = noteNames(notes, 'bucket', names);
      ({ notes } = result);
      added += result.added;
    }
    expect(added).toBe(100_000);
    expect(JSON.stringify(notes).length).toBeLessThan(300_000);
    expect(nearness(notes, 'bucket', `deep/99/1/folder 1/${'n'.repeat(80)}`)).toBeGreaterThanOrEqual(2);
    expect(nearness(notes, 'bucket', `deep/0/1/folder 1/${'n'.repeat(80)}`)).toBe(2);
    expect(
      nearness(
        noteNames(
          {},
          'b',
          Array.from({ length: 4_000 }, (_, index) => `${index}`),
        ).notes,
        'b',
        '7',
      ),
    ).toBe(2);
  });
});
