import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSealedStore } from '../electron/platform/sealedStore.ts';
import { Secret } from '../shared/secret.ts';
import { type CliRun, call, sealdeck } from './cli.ts';
import { processesNaming } from './processes.ts';
import { type StackPlace, stackPlace } from './stackPlace.ts';

let place: StackPlace;
let dir: string;
let data: string[];

async function makePlace(): Promise<void> {
  place = await stackPlace();
  dir = place.dir;
  data = ['--data', place.data];
}
const clearUp = (): Promise<void> => place.clear();

const up = (...args: string[]) => sealdeck(['up', '--dir', dir, '--practice', '--build-servers', ...args, '--json']);
const proven = (run: CliRun): void => expect(run.lines.at(-1), run.stderr).toMatchObject({ proof: 'proven' });

/** What users and other programs do at the worst moment. */
describe('a chain under attack while it is made', () => {
  beforeEach(makePlace);
  afterEach(clearUp);

  it('lets two commands begin the same stack at once: one stack, both end with the proof', async () => {
    const [one, two] = await Promise.all([up(), up()]);
    proven(one);
    proven(two);
    const { stacks } = (await call(data, 'stacks.list')) as { stacks: unknown[] };
    expect(stacks).toHaveLength(1);
  });

  it('goes on with a set-up whose command line was killed', async () => {
    let reached = false;
    await sealdeck(['up', '--dir', dir, '--practice', '--build-servers', '--json'], {
      onLine: (line, kill) => {
        if (line.step !== 'vault') return;
        reached = true;
        kill();
      },
    });
    expect(reached).toBe(true);
    proven(await up());
  });

  it('leaves nothing running when down comes in the middle of up', async () => {
    let down: Promise<CliRun> | undefined;
    const run = await sealdeck(['up', '--dir', dir, '--practice', '--build-servers', '--json'], {
      onLine: (line) => {
        if (line.step === 'unseal') down ??= sealdeck(['down', '--dir', dir, '--json']);
      },
    });
    const ended = await down;
    expect(run.stderr).toMatch(/^cancelled: /);
    expect(ended?.code, ended?.stderr).toBe(0);
    await sealdeck(['quit', ...data]);
    await sleep(300);
    expect(processesNaming(place.folder)).toEqual([]);
    proven(await up());
  });

  it('makes no store and no stack while servers are missing', async () => {
    const empty = join(place.folder, 'empty-cache');
    await mkdir(empty);
    const run = await sealdeck(['up', '--dir', dir, '--practice', '--json'], {
      env: { SEALDECK_SERVERS_CACHE: empty, PATH: join(process.execPath, '..') },
    });
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/about \d+ MB in about \d+ min/);
    for (const name of ['sealed.sdv', 'practice.key', 'stacks']) expect(existsSync(join(dir, '.sealdeck', name)), name).toBe(false);
    await sealdeck(['quit', ...data]);
  });

  it.skipIf(!existsSync('/dev/full'))('does not end with 0 when its output is lost', () => {
    const script = join(import.meta.dirname, '..', 'bin', 'sealdeck.js');
    const full = spawnSync('/bin/sh', ['-c', '"$0" "$1" procedures --json >/dev/full', process.execPath, script], { encoding: 'utf8' });
    expect(full.status).toBe(1);
    expect(full.stderr).toMatch(/cannot be written \(ENOSPC\)/);
  });
});

describe('a proven chain under attack', () => {
  beforeAll(async () => {
    await makePlace();
    proven(await up('--kv', '1'));
  });
  afterAll(clearUp);

  it('refuses options that the stack was not made with, instead of ignoring them', async () => {
    const journal = await readFile(join(dir, '.sealdeck', 'journal.jsonl'), 'utf8');
    for (const [option, value] of [
      ['--kv', '2'],
      ['--key-store', 'vault'],
      ['--storage', 'inmem'],
      ['--name', 'another'],
    ] as const) {
      const run = await up(option, value);
      expect(run.code).toBe(1);
      expect(run.stderr).toMatch(new RegExp(`^stackDiffers: .*${option}: .*${value}`));
    }
    const secret = join(place.folder, 'passphrase');
    await writeFile(secret, 'some other words\n');
    const run = await sealdeck(['up', '--dir', dir, '--passphrase-file', secret, '--json']);
    expect(run.stderr).toMatch(/^stackDiffers: .*practice.*passphrase/);
    expect(await readFile(join(dir, '.sealdeck', 'journal.jsonl'), 'utf8')).toBe(journal);
    proven(await up('--kv', '1'));
  });

  it('does not write over the files of a stack that another data folder knows', async () => {
    const before = await readFile(join(dir, 'certs', 'ca.crt'), 'utf8');
    const other = join(place.folder, 'other');
    const run = await sealdeck(['up', '--dir', dir, '--data', other, '--practice', '--json']);
    expect(run.stderr).toMatch(/^folderHoldsStack: .*certs, vault, kes, minio/);
    expect(await readFile(join(dir, 'certs', 'ca.crt'), 'utf8')).toBe(before);
    await sealdeck(['quit', '--data', other]);
  });

  it('gives KES its new credentials although the old ones seem to work on', async () => {
    const config = join(dir, 'kes', 'kes.yaml');
    const before = await readFile(config, 'utf8');
    await sealdeck(['quit', ...data]);
    // The sealed secret id is lost, so the next run makes another and destroys the one that KES is logged in with.
    const store = createSealedStore({ folder: join(dir, '.sealdeck'), log: { info: () => undefined, error: () => undefined } });
    await store.openIfPossible();
    const { roleId, accessor } = JSON.parse(store.get('stack:lab', 'kes.approle')?.reveal() ?? '{}') as Record<string, string>;
    await store.set('stack:lab', 'kes.approle', new Secret(JSON.stringify({ roleId, accessor, secretId: 'lost' })));
    proven(await up());
    const after = await readFile(config, 'utf8');
    expect(after).not.toBe(before);
    await sealdeck(['quit', ...data]);
    await store.lock();
    await store.unlock();
    const { secretId } = JSON.parse(store.get('stack:lab', 'kes.approle')?.reveal() ?? '{}') as Record<string, string>;
    expect(after).toContain(secretId);
  });

  it('names a damaged document, changes nothing of it, and stops the servers all the same where it can', async () => {
    const folder = join(dir, '.sealdeck', 'stacks', 'lab');
    const damaging = async (name: string): Promise<() => Promise<void>> => {
      const content = await readFile(join(folder, name), 'utf8');
      await writeFile(join(folder, name), content.slice(0, 100));
      return async () => {
        expect(await readFile(join(folder, name), 'utf8')).toBe(content.slice(0, 100));
        await writeFile(join(folder, name), content);
      };
    };
    for (const name of ['stack.json', 'setup.json', 'processes.json']) {
      const restore = await damaging(name);
      const run = await up();
      expect(run.code).toBe(1);
      expect(run.stderr).toMatch(new RegExp(`^fileDamaged: .*${name.replace('.', '\\.')}`));
      const down = await sealdeck(['down', '--dir', dir, '--json']);
      if (name === 'setup.json') expect(down.lines.at(-1), down.stderr).toMatchObject({ stopped: true });
      else expect(down.stderr).toMatch(/^fileDamaged: /);
      await restore();
    }
    proven(await up());
  });

  it('knows a stack by a link to its folder, and by a path that depends on where it is called', async () => {
    const link = join(place.folder, 'link');
    await symlink(dir, link);
    const status = await sealdeck(['status', '--dir', link, '--json']);
    expect(status.lines.at(-1), status.stderr).toMatchObject({ stack: { id: 'lab' } });
    proven(await sealdeck(['up', '--dir', link, '--practice', '--json']));
    const down = await sealdeck(['down', '--dir', relative(join(import.meta.dirname, '..'), link), '--json']);
    expect(down.lines.at(-1), down.stderr).toMatchObject({ stopped: true });
  });
});
