import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { createStoreCalls } from './calls.ts';
import { commitsOf, factsOf, type Made, madeObjects, runningAudit, testFolder } from './generated.testSupport.ts';
import { RunStore } from './store.ts';

const folder = testFolder();
afterAll(folder.remove);
const made = madeObjects(2000, { seed: 41 });

async function filled(name: string): Promise<string> {
  const store = RunStore.create(folder.file(name), runningAudit(), factsOf(2));
  for (const commit of commitsOf(made, 500)) await store.commit(commit);
  await store.arrange(() => undefined);
  store.close();
  return folder.file(name);
}

test('a file that is none, is missing, is cut or is newer is refused by name and left as it is', async () => {
  const whole = await filled('whole.db');
  const calls = createStoreCalls(
    () => undefined,
    () => undefined,
  );
  const variant = (name: string, change: (file: string) => void): string => {
    copyFileSync(whole, folder.file(name));
    change(folder.file(name));
    return folder.file(name);
  };
  const refused: [string, string][] = [
    [folder.file('missing.db'), 'auditFileDamaged'],
    [variant('empty.db', (file) => writeFileSync(file, '')), 'auditFileDamaged'],
    [
      variant('text.db', (file) => writeFileSync(file, 'not a database, but long enough to look like one '.repeat(100))),
      'auditFileDamaged',
    ],
    [variant('cut.db', (file) => truncateSync(file, 8192 * 2)), 'auditFileDamaged'],
    [
      variant('newer.db', (file) => {
        const db = new DatabaseSync(file);
        db.exec('PRAGMA user_version=99');
        db.close();
      }),
      'auditFileNewer',
    ],
    [
      variant('foreign.db', (file) => {
        const db = new DatabaseSync(file);
        db.exec('PRAGMA application_id=1');
        db.close();
      }),
      'auditFileDamaged',
    ],
  ];
  for (const [file, code] of refused) {
    for (const write of [false, true]) {
      const before = code === 'auditFileNewer' ? readFileSync(file) : undefined;
      await expect(calls.open(file, write), file).rejects.toMatchObject({ code });
      if (before) expect(readFileSync(file).equals(before)).toBe(true);
    }
  }
  const holed = variant('holed.db', (file) => {
    const descriptor = openSync(file, 'r+');
    // From the third page on: the head and the list of tables stay.
    writeSync(descriptor, Buffer.alloc(statSync(file).size - 8192 * 4, 0xa5), 0, undefined, 8192 * 4);
    closeSync(descriptor);
  });
  const read = async () => {
    await calls.open(holed, false);
    await calls.rows({ filter: {}, sort: 'key', descending: false, offset: 0, limit: 500 });
  };
  await expect(read()).rejects.toMatchObject({ code: 'auditFileDamaged' });
  await calls.close();
});

test('another run’s file, a folder, a link and a pipe in the place of a file are refused at once', async () => {
  const whole = await filled(`${runningAudit().id}.sqlite`);
  const ofAnother = folder.file('20260101T000000-00000002.sqlite');
  copyFileSync(whole, ofAnother);
  mkdirSync(folder.file('folder.sqlite'));
  symlinkSync(whole, folder.file('link.sqlite'));
  const refused = [ofAnother, folder.file('folder.sqlite'), folder.file('link.sqlite')];
  if (process.platform !== 'win32') {
    execFileSync('mkfifo', [folder.file('pipe.sqlite')]);
    refused.push(folder.file('pipe.sqlite'));
  }
  for (const file of refused)
    for (const write of [false, true])
      expect(() => RunStore.open(file, write), file).toThrow(expect.objectContaining({ code: 'auditFileDamaged' }));
  RunStore.open(whole, false).close();
});

/** `max_page_count` stands in for a full disk: SQLite answers both with SQLITE_FULL. */
test('a full disk refuses the commit and all later ones; opened again, what was read is there and the rest can be added', async () => {
  const file = folder.file('full.db');
  const tight = RunStore.create(file, runningAudit(), factsOf(2), 24);
  const commits = commitsOf(made, 50);
  const told = await Promise.allSettled(commits.map((commit) => tight.commit(commit)));
  const late = await Promise.allSettled([tight.commit(commits[0] ?? { ranges: [] }), tight.saveAudit(runningAudit())]);
  const refused = [...told, ...late].filter((each) => each.status === 'rejected');
  expect(refused.length).toBeGreaterThan(2);
  for (const each of refused) expect(each.reason).toMatchObject({ code: 'auditDiskFull', details: { path: file } });
  const kept = told.findIndex(({ status }) => status === 'rejected');
  expect(told.slice(kept).every(({ status }) => status === 'rejected')).toBe(true);
  tight.close();

  const store = RunStore.open(file, true);
  expect(store.totals().current.objects.reduce((sum, objects) => sum + objects, 0)).toBe(
    commits.slice(0, kept).reduce((sum, { entries }) => sum + (entries?.keys.length ?? 0), 0),
  );
  const { ranges } = store.about();
  const left = made.filter((one: Made) => {
    const range = ranges.find(({ bucket }) => bucket === one.bucket);
    return !range || (!range.done && Buffer.compare(Buffer.from(one.key), Buffer.from(range.after)) > 0);
  });
  for (const commit of commitsOf(left, 50)) await store.commit(commit);
  await store.arrange(() => undefined);
  const keys: string[] = [];
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const page = store.after(cursor, {}, 300);
    keys.push(...page.rows.map(({ key }) => key));
    cursor = page.cursor;
  }
  expect(keys).toEqual(made.map(({ key }) => key));
  store.close();
});

test('arranging that finds no space leaves the file as it was, and can be done again', async () => {
  const file = folder.file('arrange.db');
  const store = RunStore.create(file, runningAudit(), factsOf(2));
  for (const commit of commitsOf(made, 500)) await store.commit(commit);
  store.close();
  const tight = RunStore.open(file, true, 30);
  await expect(tight.arrange(() => undefined)).rejects.toMatchObject({ code: 'auditDiskFull' });
  tight.close();
  const again = RunStore.open(file, true);
  await again.arrange(() => undefined);
  expect((await again.rows({ filter: {}, sort: 'key', descending: false, offset: 0, limit: 1 })).rows[0]?.key).toBe(made[0]?.key);
  again.close();
});
