import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Walked, walk } from './walk.ts';

it.skipIf(process.platform === 'win32')(
  'names files by the folder that was chosen, and leaves out what is no file, with the reason',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sealdeck-walk-'));
    try {
      mkdirSync(join(folder, 'tree', 'deep', 'empty'), { recursive: true });
      writeFileSync(join(folder, 'tree', 'deep', 'b'), '12345');
      writeFileSync(join(folder, 'tree', 'a'), '');
      writeFileSync(Buffer.concat([Buffer.from(join(folder, 'tree')), Buffer.from([0x2f, 0xff, 0x41])]), 'x');
      symlinkSync(join(folder, 'tree'), join(folder, 'tree', 'deep', 'loop'));
      symlinkSync('nowhere', join(folder, 'dangling'));
      execFileSync('mkfifo', [join(folder, 'tree', 'pipe')]);
      const found: Walked[] = [];
      const paths = [join(folder, 'tree'), join(folder, 'dangling'), join(folder, 'missing'), join(folder, 'tree', 'a')];
      for await (const some of walk(paths, new AbortController().signal)) found.push(...some);
      const told = found.map(({ path, size, error }) => `${path} ${error?.code ?? size}`).sort();
      expect(told).toEqual(
        [
          'a 0',
          'dangling uploadLink',
          'missing uploadSourceGone',
          'tree/a 0',
          'tree/deep/b 5',
          'tree/deep/loop uploadLink',
          'tree/pipe uploadSpecial',
          'tree/\ufffdA uploadNameNotText',
        ].sort(),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

it('tells which folders hold nothing at all', async () => {
  mkdirSync(join(place, 'a', 'hollow', 'deeper'), { recursive: true });
  mkdirSync(join(place, 'empty'));
  writeFileSync(join(place, 'a', 'file'), '');
  const empty: string[] = [];
  const note = (path: string): void => void empty.push(path);
  for await (const _ of walk([join(place, 'a'), join(place, 'empty')], new AbortController().signal, note));
  expect(empty.sort()).toEqual(['a/hollow/deeper', 'empty']);
});

let place = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'sealdeck-walk-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));
const told = (some: readonly Walked[]): string[] => some.map(({ path, size, error }) => `${path} ${error?.code ?? size}`);
async function all(...paths: string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const some of walk(paths, new AbortController().signal)) found.push(...told(some));
  return found;
}

it('goes folder by folder, each by name, with the files of a folder before what is below it', async () => {
  for (const folder of ['b/y', 'b/x/deep', 'a', 'c']) mkdirSync(join(place, folder), { recursive: true });
  for (const file of ['z', 'b/2', 'b/10', 'b/x/deep/1', 'b/y/1', 'a/1', 'c/1']) writeFileSync(join(place, file), '');
  const name = place.slice(place.lastIndexOf('/') + 1);
  const order = ['z', 'a/1', 'b/10', 'b/2', 'c/1', 'b/y/1', 'b/x/deep/1'];
  expect(await all(place)).toEqual(order.map((file) => `${name}/${file} 0`));
  expect(await all(join(place, 'c'), join(place, 'z'), join(place, 'a'))).toEqual(['z 0', 'c/1 0', 'a/1 0']);
});

it('tells of many files in portions, and of one that vanishes meanwhile that it is gone', async () => {
  for (let n = 0; n < 900; n++) writeFileSync(join(place, String(n + 1000)), 'x');
  const portions: string[][] = [];
  for await (const some of walk([place], new AbortController().signal)) {
    portions.push(told(some));
    rmSync(join(place, '1899'), { force: true });
  }
  expect(portions.length).toBeGreaterThan(2);
  expect(Math.max(...portions.map((some) => some.length))).toBeLessThanOrEqual(512);
  expect(portions.flat()).toHaveLength(900);
  expect(portions.flat().at(-1)).toMatch(/1899 uploadSourceGone$/);
});

it.skipIf(process.platform === 'win32')('names sockets and devices, and reads none of them', async () => {
  const server = createServer().listen(join(place, 'socket'));
  await once(server, 'listening');
  try {
    expect(await all(join(place, 'socket'), '/dev/null')).toEqual(['socket uploadSpecial', 'null uploadSpecial']);
  } finally {
    server.close();
  }
});

it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('names a folder and a file that may not be read', async () => {
  mkdirSync(join(place, 'shut'));
  writeFileSync(join(place, 'shut', 'in'), '');
  writeFileSync(join(place, 'secret'), '', { mode: 0 });
  chmodSync(join(place, 'shut'), 0);
  try {
    expect(await all(join(place, 'shut'), join(place, 'secret'))).toEqual(['secret uploadSourceUnreadable', 'shut uploadSourceUnreadable']);
  } finally {
    chmodSync(join(place, 'shut'), 0o700);
  }
});

it('ends at once when it is cancelled', async () => {
  for (let n = 0; n < 600; n++) writeFileSync(join(place, String(n)), '');
  const stop = new AbortController();
  const walked = walk([place], stop.signal);
  await walked.next();
  stop.abort();
  await expect(walked.next()).rejects.toMatchObject({ code: 'cancelled' });
});
