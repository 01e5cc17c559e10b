import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { createJobRunner } from './jobs/jobRunner.ts';
import { createFileStore } from './platform/files.ts';
import { createLog } from './platform/log.ts';
import { createEventHub } from './rpc/eventHub.ts';

// What `sealdeck up` of the version before connected stacks left in its data folder; only folder and user were renamed.
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-one-'));
  await cp(join(import.meta.dirname, 'dataOfVersionOne'), folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a data folder of the first version opens as it is, and its files change only when something is changed', async () => {
  const log = createLog(join(folder, 'engine.log'));
  const hub = createEventHub();
  const hostPorts = { openWindow: () => Promise.reject(new Error('no window')), requestQuit: async () => undefined, version: 'test' };
  const parts = { dataFolder: folder, files: createFileStore(), log, hub, jobs: createJobRunner(hub.publish, log), hostPorts };
  const { handlers } = await createApp(parts);
  const call = { signal: new AbortController().signal, host: 'cli' } as const;
  const stackId = 'local-lab';

  expect(await handlers['settings.read']({}, call)).toMatchObject({ theme: 'dark', currentStack: stackId, autoLockMinutes: 0 });
  const { stacks, damaged } = await handlers['stacks.list']({}, call);
  expect([stacks.length, damaged]).toEqual([1, []]);
  expect(stacks[0]).toMatchObject({ id: stackId, draft: false, readOnly: false, setup: { proven: 13, total: 13 } });
  const stack = await handlers['stacks.get']({ id: stackId }, call);
  expect(stack).toMatchObject({ version: 2, keyStores: [{ custodians: [] }], cas: [{ kind: 'file' }] });
  const { steps } = await handlers['setup.state']({ stackId }, call);
  expect(steps.every(({ state }) => state === 'proven')).toBe(true);
  expect((await handlers['proof.list']({ stackId }, call)).proofs).toMatchObject([{ result: 'proven' }]);
  expect((await handlers['lab.status']({ stackId }, call)).servers.map(({ state }) => state)).not.toContain('running');
  expect((await handlers['journal.list']({ limit: 10 }, call)).total).toBe(3);

  const file = join(folder, 'stacks', stackId, 'stack.json');
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ version: 1 });
  await handlers['stacks.rename']({ id: stackId, name: 'For years' }, call);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ version: 2, name: 'For years', draft: false });
});
