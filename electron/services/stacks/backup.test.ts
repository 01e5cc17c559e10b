import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { type Stack, stack as stackSchema } from '../../../shared/stacks.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { runBackup } from './backup.ts';
import type { KeepingDeps } from './keepingDeps.ts';

let folder: string;
let stack: Stack;
let state: 'running' | 'stopped';
let acts: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-backup-'));
  const old = JSON.parse(await readFile(join(import.meta.dirname, '../../dataOfVersionOne/stacks/local-lab/stack.json'), 'utf8')) as Stack;
  stack = stackSchema.parse({ ...old, version: 2, draft: false, readOnly: false, folder: join(folder, 'lab') });
  for (const store of stack.keyStores) store.storage = 'file';
  await mkdir(join(stack.folder, 'vault/data'), { recursive: true });
  await writeFile(join(stack.folder, 'vault/data/key'), 'x');
  state = 'running';
  acts = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Stand-in for the servers: only whether Vault runs counts here. `meanwhile`: what another window does once it was stopped. */
function backup(meanwhile: () => void = () => undefined): Promise<unknown> {
  const access = {
    stack,
    secrets: { get: () => undefined, has: () => false },
    servers: { status: async () => ({ state }) },
    journal: async () => undefined,
  } as unknown as StackAccess;
  const deps = {
    store: { names: () => [], get: () => undefined },
    stacks: { stateFolder: () => join(folder, 'state') },
    journalOf: async () => [],
    async stopServer(_: string, kind: string) {
      acts.push(`stop ${kind}`);
      state = 'stopped';
      meanwhile();
    },
    async startServer(_: string, kind: string) {
      acts.push(`start ${kind}`);
      state = 'running';
    },
  } as unknown as KeepingDeps;
  const wish = { objects: false, folder: join(folder, 'to'), passphrase: new Secret('correct horse') };
  return runBackup(access, wish, deps, () => undefined, new AbortController().signal);
}

test('a server stands still while its files are read, and runs again afterwards', async () => {
  await backup();
  expect(acts).toEqual(['stop vault', 'start vault']);
});

test('there is no backup of files whose server was started by another window meanwhile', async () => {
  await expect(backup(() => (state = 'running'))).rejects.toMatchObject({ code: 'backupChanged' });
  expect(await readdir(join(folder, 'to'))).toEqual([]);
});

test('no server of a read-only stack is stopped for a backup', async () => {
  stack.readOnly = true;
  await expect(backup()).rejects.toMatchObject({ code: 'stackReadOnly' });
  expect(acts).toEqual([]);
});
