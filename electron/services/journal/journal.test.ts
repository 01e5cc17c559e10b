import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { say } from '../../../shared/text.ts';
import { createLog } from '../../platform/log.ts';
import { createSealedStore, type SealedStore } from '../../platform/sealedStore.ts';
import { createEventHub } from '../../rpc/eventHub.ts';
import { createJournal, type Journal } from './handlers.ts';

let folder: string;
let file: string;
let store: SealedStore;
let journal: Journal;
const call = { signal: new AbortController().signal, host: 'cli' } as const;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-journal-'));
  file = join(folder, 'journal.jsonl');
  store = createSealedStore({ folder, log: createLog(join(folder, 'engine.log')) });
  journal = again();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A journal as a new engine would open it. */
function again(): Journal {
  return createJournal({ dataFolder: folder, store, publish: createEventHub().publish, actor: 'tester' });
}
const verify = (one = again()) => one.handlers['journal.verify']({}, call);
const list = (limit = 100, before?: number) => journal.handlers['journal.list']({ limit, before }, call);
const lines = async (): Promise<string[]> => (await readFile(file, 'utf8')).split('\n').slice(0, -1);
const write = (changed: readonly string[]) => writeFile(file, changed.map((line) => `${line}\n`).join(''));

async function fill(count: number): Promise<string[]> {
  await store.create('practice');
  for (let n = 1; n <= count; n++) await journal.append(n % 2 ? 'one' : undefined, say('storeUnlocked'));
  return lines();
}

test('entries are numbered, chained, listed newest first and by stack, and found intact', async () => {
  await fill(5);
  const { entries, total } = await list(2);
  expect([total, entries.map(({ seq }) => seq)]).toEqual([5, [5, 4]]);
  expect((await list(2, 4)).entries.map(({ seq }) => seq)).toEqual([3, 2]);
  const mine = await journal.handlers['journal.list']({ stackId: 'one', limit: 10 }, call);
  expect([mine.total, mine.entries.map(({ seq }) => seq)]).toEqual([3, [5, 3, 1]]);
  expect(new Set(entries.map(({ mac }) => mac)).size).toBe(2);
  expect(await verify()).toEqual({ state: 'intact', entries: 5 });
});

test('an edited entry is found, and stays found after more entries', async () => {
  const before = await fill(5);
  await write(before.map((line, n) => (n === 2 ? line.replace('"done"', '"failed"') : line)));
  expect(await verify()).toEqual({ state: 'altered', entries: 5, at: 3 });
  await again().append(undefined, say('storeUnlocked'));
  expect(await verify()).toEqual({ state: 'altered', entries: 6, at: 3 });
});

test('a removed entry is found', async () => {
  const before = await fill(5);
  await write(before.filter((_, n) => n !== 1));
  expect(await verify()).toEqual({ state: 'altered', entries: 4, at: 2 });
});

test('a cut tail is found, and an entry written afterwards does not hide it', async () => {
  const before = await fill(5);
  await write(before.slice(0, 3));
  expect(await verify()).toMatchObject({ state: 'cut', entries: 3 });
  await again().append(undefined, say('storeUnlocked'));
  expect(await verify()).toMatchObject({ state: 'altered', at: 4 });
});

test('an emptied or deleted journal is found', async () => {
  await fill(2);
  await rm(file);
  expect(await verify()).toMatchObject({ state: 'cut', entries: 0 });
});

test('an entry made up without the key is found', async () => {
  const before = await fill(3);
  await write([...before, (before[2] ?? '').replace('"seq":3', '"seq":4')]);
  expect(await verify()).toMatchObject({ state: 'altered', at: 4 });
  await write([...before, (before[2] ?? '').replace('"seq":3', '"seq":4').replace(/"mac":"[^"]*"/, '"mac":""')]);
  expect(await verify()).toMatchObject({ state: 'unknown' });
});

test('a kill between the line and the head is adopted, and cutting that line afterwards is found', async () => {
  await fill(3);
  const head = store.get('journal', 'seal');
  await journal.append(undefined, say('storeUnlocked'));
  const after = await lines();
  if (head) await store.set('journal', 'seal', head);
  expect(await verify()).toEqual({ state: 'intact', entries: 4 });
  await write(after.slice(0, 3));
  expect(await verify()).toMatchObject({ state: 'cut' });
});

test('a line torn by a kill is dropped before the next entry', async () => {
  await fill(3);
  await appendFile(file, '{"seq":4,"at":"2026-');
  expect(await verify()).toEqual({ state: 'intact', entries: 3 });
  await again().append(undefined, say('storeUnlocked'));
  expect(await verify()).toEqual({ state: 'intact', entries: 4 });
  expect((await list()).entries.map(({ seq }) => seq)).toEqual([4, 3, 2, 1]);
});

test('a last line that was torn on purpose counts as cut, and what is left of it is kept', async () => {
  const before = await fill(3);
  const text = before.map((line) => `${line}\n`).join('');
  await writeFile(file, text.slice(0, -20));
  expect(await verify()).toMatchObject({ state: 'cut' });
  await again().append(undefined, say('storeUnlocked'));
  expect(await verify()).toMatchObject({ state: 'altered', at: 3 });
  expect((await readFile(file, 'utf8')).startsWith(text.slice(0, -20))).toBe(true);
});

test('a last entry whose mac was taken away is found by the head', async () => {
  const before = await fill(3);
  const stripped = (before[2] ?? '').replace('tester', 'nobody').replace(/"mac":"[^"]*"/, '"mac":""');
  await write([...before.slice(0, 2), stripped]);
  expect(await verify()).toMatchObject({ state: 'altered', at: 3 });
});

test('without a durable store entries are written and called unknown; from then on they are pinned', async () => {
  await journal.append(undefined, say('storeUnlocked'));
  expect(await verify()).toEqual({ state: 'unknown', entries: 1 });
  await store.create('memory');
  await journal.append(undefined, say('storeUnlocked'));
  expect((await list()).entries.map(({ mac }) => mac)).toEqual(['', '']);
  await store.create('practice');
  await journal.append(undefined, say('storeUnlocked'));
  expect(await verify()).toEqual({ state: 'unknown', entries: 3 });
  await write((await lines()).map((line, n) => (n === 0 ? line.replace('tester', 'nobody') : line)));
  expect(await verify()).toMatchObject({ state: 'altered' });
});

test('while the store is locked nothing is verified and nothing is lost', async () => {
  await fill(2);
  await store.lock();
  await journal.append(undefined, say('storeUnlocked'));
  expect(await verify()).toMatchObject({ state: 'unknown', entries: 3 });
  await store.unlock();
  await journal.append(undefined, say('storeUnlocked'));
  expect(await verify()).toMatchObject({ state: 'unknown', entries: 4 });
  await write((await lines()).slice(0, 3));
  expect(await verify()).toMatchObject({ state: 'cut' });
});
