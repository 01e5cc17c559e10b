import { mkdir, mkdtemp, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUnfinished } from './unfinished.ts';

describe('files of a download that are being filled', () => {
  let root: string;
  let data: string;
  let here: string;
  const logged: unknown[] = [];
  const log = { error: (...words: unknown[]) => void logged.push(words) };
  const engine = () => createUnfinished(data, log);
  const notes = (): Promise<string[]> => readdir(join(data, 'downloads'));

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sealdeck-unfinished-'));
    data = join(root, 'data');
    here = join(root, 'here');
    await mkdir(join(here, 'below'), { recursive: true });
    logged.length = 0;
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('that a killed engine left are removed by the next one, and nothing else is', async () => {
    const killed = engine().begin();
    for (const folder of [here, join(here, 'below'), here]) await writeFile(await killed.in(folder), 'half');
    const theirs = ['.sealdeck-0123456789abcdef01234567-1.part', '.sealdeck-x.part', 'report.pdf'];
    for (const name of theirs) await writeFile(join(here, name), 'theirs');
    expect(await readdir(here)).toHaveLength(theirs.length + 3);
    await engine().sweep();
    expect((await readdir(here)).sort()).toEqual([...theirs, 'below'].sort());
    expect(await readdir(join(here, 'below'))).toEqual([]);
    expect(await notes()).toEqual([]);
  });

  it('of a download that runs are left alone, and go with its end', async () => {
    const unfinished = engine();
    const running = unfinished.begin();
    await writeFile(await running.in(here), 'half');
    await unfinished.sweep();
    expect(await readdir(here)).toHaveLength(2);
    await running.end();
    expect(await readdir(here)).toEqual(['below']);
    expect(await notes()).toEqual([]);
  });

  it('in a folder that is not there now are looked for again, for a month', async () => {
    await writeFile(await engine().begin().in(here), 'half');
    const away = join(root, 'away');
    await rename(here, away);
    await engine().sweep();
    const [note = ''] = await notes();
    expect(note).not.toBe('');
    await rename(away, here);
    await engine().sweep();
    expect(await readdir(here)).toEqual(['below']);
    await writeFile(await engine().begin().in(here), 'half');
    await rename(here, away);
    const [other = ''] = await notes();
    const old = new Date(Date.now() - 40 * 24 * 3_600_000);
    await utimes(join(data, 'downloads', other), old, old);
    await engine().sweep();
    expect(await notes()).toEqual([]);
  });

  it('are found by a note whose last line was cut off, and a link by such a name stays', async () => {
    const killed = engine().begin();
    const path = await killed.in(here);
    await writeFile(join(root, 'precious'), 'mine');
    await symlink(join(root, 'precious'), path);
    await writeFile(await killed.in(here), 'half');
    const [note = ''] = await notes();
    await writeFile(join(data, 'downloads', note), `"${here}/bel`, { flag: 'a' });
    await engine().sweep();
    expect((await readdir(here)).sort()).toEqual([path.slice(here.length + 1), 'below'].sort());
    expect(logged).toEqual([]);
  });

  it('are not begun where their note cannot be written', async () => {
    await writeFile(data, 'no folder');
    await expect(engine().begin().in(here)).rejects.toMatchObject({ code: 'fileNotWritable' });
    await engine().sweep();
  });
});
