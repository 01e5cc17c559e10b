import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureServers } from '../../../../servers/get.ts';
import type { PlayRun } from '../../../../shared/kesKeys.ts';
import { isPublicIdentity } from '../../../../shared/publicIdentities.ts';
import { waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import type { StepContext } from '../../../jobs/step.ts';
import { selfSigned } from '../../certificates/selfSigned.ts';
import { call, keysOf, stackId } from '../keys/keys.testSupport.ts';
import { asEverybody, publicKeyPair } from './run.ts';
import { startPlayKes } from './servers.ts';

describe.skipIf(process.platform === 'win32')('a try with a public identity', () => {
  let binaries: { kes: string; minio: string };
  let context: StepContext;
  /** A real KES here whose administrator everybody is, as on the sandbox. */
  let sandbox: Awaited<ReturnType<typeof startPlayKes>>;
  let root: string;
  let before: string[];
  const folders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('sealdeck-play-'));
  const onSandbox = async () => {
    const everybody = asEverybody(sandbox, selfSigned);
    return everybody.listKeys().finally(() => everybody.close());
  };

  beforeAll(async () => {
    const { kes, minio } = await ensureServers(['kes', 'minio']);
    binaries = { kes, minio };
    context = {
      stack: { id: stackId },
      servers: { binary: async (program: 'kes' | 'minio') => binaries[program] },
    } as unknown as StepContext;
    root = await mkdtemp(join(tmpdir(), 'sealdeck-test-sandbox-'));
    sandbox = await startPlayKes(root, kes, publicKeyPair().hash, selfSigned);
    const everybody = asEverybody(sandbox, selfSigned);
    await waitUntil(async () => (await everybody.version()) !== '');
    await everybody.createKey('somebody-else');
    await everybody.close();
    before = await folders();
  });
  afterAll(async () => {
    await sandbox?.end();
    await rm(root, { recursive: true, force: true });
  });

  it('on a KES here: key, MinIO and bucket of its own, and nothing of it is left after the click', async () => {
    const { handlers, done, remove } = await keysOf(context, undefined, { selfSigned });
    const state = async () => handlers['kes.playState']({ stackId }, call);
    const first = await state();
    expect(first.runs).toEqual([]);
    expect(isPublicIdentity(first.identity)).toBe(true);
    expect(first.says.map(({ text }) => text.code)).toEqual(['kesPlayEverybody', 'kesPlayExpired', 'kesPlayOnlyThis']);
    await done(handlers['kes.playStart']({ stackId, where: 'here' }, call));
    const [run] = (await state()).runs;
    expect(run).toMatchObject({ state: 'ready', where: 'here', key: expect.stringMatching(/^sealdeck-try-[0-9a-f]{12}$/) });
    expect(run?.evidence.map(({ text }) => text.code)).toEqual([
      ...['kesPlayAnswers', 'kesPlayKey', 'kesPlayMinio', 'kesPlayBucket', 'kesPlayObject', 'kesPlayRead'],
    ]);
    await expect(handlers['kes.playStart']({ stackId, where: 'here' }, call)).rejects.toMatchObject({ code: 'kesPlayBusy' });
    const { evidence } = (await done(handlers['kes.playClean']({ stackId, id: run?.id ?? '' }, call))) as Pick<PlayRun, 'evidence'>;
    expect(evidence.map(({ text }) => text.code)).toEqual(['kesPlayBucketGone', 'kesPlayFolderGone', 'kesPlayKeyGone']);
    expect((await state()).runs).toEqual([]);
    expect(await folders()).toEqual(before);
    await remove();
  });

  it('on a sandbox touches nobody else’s key, and removes its own after its engine was killed', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'sealdeck-keys-'));
    const child = spawn(process.execPath, [join(import.meta.dirname, 'playChild.testSupport.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(JSON.stringify({ dataFolder, binaries, sandbox: { url: sandbox.url, ca: sandbox.ca } }));
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const run = JSON.parse(line) as PlayRun;
    expect(run).toMatchObject({ state: 'ready', where: 'public', endpoint: sandbox.url });
    expect(await onSandbox()).toEqual([run.key, 'somebody-else'].toSorted());
    const [own = ''] = (await folders()).filter((name) => !before.includes(name));
    const pid = Number(await readFile(join(tmpdir(), own, 'minio', 'pid'), 'utf8'));
    child.kill('SIGKILL');
    await once(child, 'exit');
    // Its MinIO ends with it, without anybody's help.
    await waitUntil(async () => !isAlive(pid));
    const { handlers, remove } = await keysOf(context, undefined, { dataFolder, sandbox, selfSigned });
    expect((await handlers['kes.playState']({ stackId }, call)).runs).toEqual([]);
    expect(await onSandbox()).toEqual(['somebody-else']);
    expect(await folders()).toEqual(before);
    await remove();
  });

  it('says in one sentence that the sandbox cannot be reached, and leaves nothing', async () => {
    const { handlers, done, remove } = await keysOf(context, undefined, { selfSigned, sandbox: { url: 'https://play.invalid:7373' } });
    const refused = done(handlers['kes.playStart']({ stackId, where: 'public' }, call));
    await expect(refused).rejects.toMatchObject({ code: 'kesPlayUnreachable', details: { host: 'play.invalid:7373' } });
    expect((await handlers['kes.playState']({ stackId }, call)).runs).toEqual([]);
    expect(await folders()).toEqual(before);
    await remove();
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
