import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Head, NewItem } from './rows.ts';
import { UploadStore } from './store.ts';

const id = '20261122T020000-1a2b3c4d';
const head = (): Head => ({
  version: 1,
  id,
  stackId: 'test',
  bucket: 'letters',
  prefix: 'in/',
  phase: 'staged',
  source: 'window',
  choice: { kind: 'rule' },
  onConflict: 'skip',
  looked: false,
  needsFiles: false,
  at: '',
});
const item = (path: string, size = 5): NewItem => ({ path, key: `in/${path}`, size });

describe('the file of an upload', () => {
  let folder = '';
  let file = '';
  const open: UploadStore[] = [];
  const create = (): UploadStore => {
    const store = UploadStore.create(file, head());
    open.push(store);
    return store;
  };
  const reopen = (): UploadStore => {
    const store = UploadStore.open(file);
    open.push(store);
    return store;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sealdeck-upload-'));
    file = join(folder, `${id}.sqlite`);
  });
  afterEach(() => {
    for (const store of open.splice(0)) store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is for its owner alone, and numbers items in the order in which they came', () => {
    const store = create();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(store.add([item('a'), item('b')])).toBe(0);
    expect(store.add([item('c')])).toBe(2);
    expect(store.items({ conflicts: false, offset: 1, limit: 5 })).toMatchObject({ total: 3, rows: [{ path: 'b' }, { path: 'c' }] });
  });

  describe('before it is sent', () => {
    const shown = (store: UploadStore) =>
      store
        .items({ conflicts: false, offset: 0, limit: 50 })
        .rows.map(({ key, state, error, warning }) => [key, state, error?.code ?? warning?.params?.name]);
    const tooLong = (key: string): NewItem['error'] =>
      key.length > 12 ? { code: 'objectNameRefused', details: { name: key } } : undefined;

    it('goes below another prefix as a whole: names are judged anew, what is no file stays refused', () => {
      const store = create();
      const link = { ...item('link', 0), error: { code: 'uploadLink', details: { name: 'link' } } };
      store.add([item('a'), item('A'), item('a'), link, item('longer-name')]);
      store.found(new Map([[0, { size: 3 }]]));
      store.head.looked = true;
      store.retarget('other/', tooLong);
      const there = [
        ['other/a', 'waits', undefined],
        ['other/A', 'waits', 'other/a'],
        ['other/a', 'refused', 'uploadNameTwice'],
        ['other/link', 'refused', 'uploadLink'],
        ['other/longer-name', 'refused', 'objectNameRefused'],
      ];
      expect(shown(store)).toEqual(there);
      expect(store.sums()).toMatchObject({ files: 2, bytes: 10, conflicts: 0, warnings: 1 });
      const again = reopen();
      expect(shown(again)).toEqual(there);
      expect(again.head).toMatchObject({ prefix: 'other/', looked: false });
      again.retarget('', tooLong);
      expect(shown(again).at(-1)).toEqual(['longer-name', 'waits', undefined]);
    });

    it('keeps its names when they cannot be changed', () => {
      const store = create();
      store.add([item('a'), item('b')]);
      const fails = (key: string): undefined => {
        if (key === 'x/b') throw new Error('for this test');
      };
      expect(() => store.retarget('x/', fails)).toThrow('for this test');
      expect(shown(store)).toEqual([
        ['in/a', 'waits', undefined],
        ['in/b', 'waits', undefined],
      ]);
      expect(store.head.prefix).toBe('in/');
    });

    it('leaves files out as if they had never been added, and their name to the next that wanted it', () => {
      const store = create();
      store.add([item('a', 1), item('A', 2), item('a', 3), item('b', 4)]);
      store.found(new Map([[1, { size: 9 }]]));
      store.head.looked = true;
      store.leaveOut([3, 77]);
      expect(store.sums()).toMatchObject({ files: 2, bytes: 3, conflicts: 1 });
      expect(store.head.looked).toBe(true);
      store.leaveOut([0]);
      expect(shown(store)).toEqual([
        ['in/A', 'waits', undefined],
        ['in/a', 'waits', 'in/A'],
      ]);
      expect(store.row(1).exists).toEqual({ size: 9 });
      // The other one was not looked up at the target.
      expect(store.head.looked).toBe(false);
      expect(store.add([item('c')])).toBe(3);
    });
  });

  it('counts sizes whose sum is beyond what is exact', () => {
    const store = create();
    store.add(['a', 'b', 'c'].map((path) => item(path, Number.MAX_SAFE_INTEGER)));
    expect(store.sums()).toMatchObject({ files: 3, bytes: 3 * Number.MAX_SAFE_INTEGER });
  });

  it('refuses a name that it has, and warns of names that only look the same', () => {
    const store = create();
    store.add([item('a'), item('a'), item('A'), item('e\u0301'), item('\u00e9')]);
    const { rows } = store.items({ conflicts: false, offset: 0, limit: 9 });
    expect(rows.map(({ state, error, warning }) => error?.code ?? warning?.code ?? state)).toEqual([
      'waits',
      'uploadNameTwice',
      'uploadNamesAlike',
      'waits',
      'uploadNamesAlike',
    ]);
    expect(store.sums()).toMatchObject({ files: 4, bytes: 20, warnings: 2, counts: { waits: 4, refused: 1 } });
  });

  it('has on disk, for a process that is killed next, what was begun, its upload id and its parts', () => {
    const store = create();
    store.add([item('a', 40)]);
    const [row] = store.next(-1, 10);
    if (!row) throw new Error('no row');
    expect(row.begun).toBe(false);
    expect(store.sums()).toMatchObject({ counts: { waits: 1 }, sent: 0 });
    Object.assign(row, { state: 'sending', begun: true, multipart: 'id-1', partSize: 16, begunAt: '2026-11-22T02:00:00.000Z', sent: 30 });
    store.touch(row, 'waits', 0);
    store.addPart(0, { number: 2, etag: 'e2', size: 16, checksum: 'c2' });
    store.addPart(0, { number: 1, etag: 'e1', size: 16 });
    expect(store.sums()).toMatchObject({ counts: { waits: 0, sending: 1 }, sent: 30 });
    store.flush();
    // Not closed: as after a kill.
    const again = reopen();
    expect(again.row(0)).toMatchObject({ state: 'sending', begun: true, multipart: 'id-1', begunAt: '2026-11-22T02:00:00.000Z' });
    expect(again.parts(0)).toEqual([
      { number: 1, etag: 'e1', size: 16 },
      { number: 2, etag: 'e2', size: 16, checksum: 'c2' },
    ]);
    // What was still on its way is lost; the parts are not.
    again.move(['sending', 'checking'], 'waits');
    expect(again.sums()).toMatchObject({ counts: { waits: 1 }, sent: 32 });
    expect(again.unfinished()).toHaveLength(1);
  });

  it('hands out what waits once a run, and never what nobody has the bytes of', () => {
    const store = create();
    store.add(['a', 'b', 'c'].map((path) => item(path)));
    expect(store.next(-1, 2).map(({ path }) => path)).toEqual(['a', 'b']);
    expect(store.next(1, 2).map(({ path }) => path)).toEqual(['c']);
    store.letGo();
    expect(store.next(-1, 9)).toEqual([]);
    expect(store.left()).toEqual({ all: 3, away: 3 });
    expect(store.missing()).toEqual({ files: 3, names: ['a', 'b', 'c'] });
    expect([store.rejoin('b', 4, undefined), store.rejoin('b', 5, 1), store.rejoin('x', 5, 1)]).toEqual([undefined, 1, undefined]);
    expect(store.missing()).toEqual({ files: 2, names: ['a', 'c'] });
    expect(store.next(-1, 9).map(({ path, begun }) => [path, begun])).toEqual([['b', true]]);
  });

  it('leaves names that are there alone, but not what it may have sent itself', () => {
    const store = create();
    store.add(['a', 'b'].map((path) => item(path)));
    store.next(-1, 1);
    store.found(
      new Map([
        [0, { size: 1 }],
        [1, { size: 2 }],
      ]),
    );
    store.skipConflicts();
    expect(store.sums()).toMatchObject({ conflicts: 2, counts: { waits: 1, skipped: 1 } });
    expect(store.row(1)).toMatchObject({ state: 'skipped', exists: { size: 2 } });
  });

  it('is not taken from another program, another upload or a newer version', () => {
    writeFileSync(file, 'no database at all, but long enough to be looked at');
    expect(() => UploadStore.open(file)).toThrow(expect.objectContaining({ code: 'uploadFileDamaged' }));
    rmSync(file);
    create();
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version=2');
    db.close();
    expect(() => UploadStore.open(file)).toThrow(expect.objectContaining({ code: 'uploadFileNewer' }));
    const other = join(folder, '20261122T020000-ffffffff.sqlite');
    const store = UploadStore.create(other, head());
    store.close();
    expect(() => UploadStore.open(other)).toThrow(expect.objectContaining({ code: 'uploadFileDamaged' }));
  });
});
