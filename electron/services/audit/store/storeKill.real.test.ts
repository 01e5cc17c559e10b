import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { type Made, madeObjects, randomOf, testFolder } from './generated.testSupport.ts';
import { RunStore } from './store.ts';

const folder = testFolder();
afterAll(folder.remove);
const count = 12_000;
const seed = 51;
const child = join(import.meta.dirname, 'storeChild.testSupport.ts');

/** Runs until `line` and so many ms more, then it is killed. Tells whether it had come to its end. */
async function killed(file: string, fresh: boolean, line: string, ms: number): Promise<boolean> {
  const writer = spawn(process.execPath, [child, file, String(seed), String(count), ...(fresh ? ['fresh'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(writer, 'exit');
  for await (const told of createInterface({ input: writer.stdout })) if (told === line) break;
  await Promise.race([wait(ms), exit]);
  writer.kill('SIGKILL');
  const [code] = await exit;
  return code === 0;
}

/** The rows must be those up to the positions of the ranges, no more and no fewer. */
function check(file: string, made: Made[]): number {
  const store = RunStore.open(file, false);
  const ranges = new Map(store.about().ranges.map((range) => [range.bucket, range]));
  const expected = made.filter(({ bucket, key }) => {
    const range = ranges.get(bucket);
    return range && Buffer.compare(Buffer.from(key), Buffer.from(range.after)) <= 0;
  });
  const sums = [0, 0, 0, 0, 0, 0];
  for (const { state } of expected) sums[state] = (sums[state] ?? 0) + 1;
  expect(store.totals().current.objects).toEqual(sums);
  const keys: string[] = [];
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const page = store.after(cursor, {}, 5000);
    keys.push(...page.rows.map(({ key }) => key));
    cursor = page.cursor;
  }
  expect(keys).toEqual(expected.map(({ key }) => key));
  store.close();
  return expected.length;
}

test('killed at any point, the rows are those up to the positions of the ranges, and reading on ends with the same totals', async () => {
  const made = madeObjects(count, { seed });
  const random = randomOf(Date.now() % 100_000);
  const file = folder.file('killed.db');
  const seen: number[] = [];
  await killed(file, true, 'begun', 5);
  for (let round = 0; round < 6; round += 1) {
    seen.push(check(file, made));
    await killed(file, false, 'begun', random(120));
  }
  seen.push(check(file, made));
  for (let round = 0; round < 3; round += 1) {
    await killed(file, false, 'read', random(150));
    expect(check(file, made)).toBe(count);
  }
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  // Or it was never killed in the middle of reading.
  expect(
    seen.some((rows) => rows > 0 && rows < count),
    String(seen),
  ).toBe(true);
  await killed(file, false, 'arranged', 5000);
  expect(check(file, made)).toBe(count);
  const store = RunStore.open(file, false);
  const { total } = await store.rows({ filter: {}, sort: 'size', descending: true, offset: 0, limit: 10 });
  expect(total).toBe(count);
  expect(store.map({ prefix: '', by: 'objects', depth: 1, cells: 10 }).objects).toEqual(store.totals().current.objects);
  store.close();
});
