import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureServers } from '../servers/get.ts';
import type { JobSnapshot } from '../shared/jobs.ts';
import type { MoveSource } from '../shared/kesMove.ts';
import { Secret } from '../shared/secret.ts';
import { placeInput } from '../shared/setup.ts';
import { createApp } from './app.ts';
import { type Guide, startGuide } from './clients/guide.testSupport.ts';
import { createKesClient, type KesClient } from './clients/kes/client.ts';
import { stopProcess, waitUntil } from './clients/kes/kes.testSupport.ts';
import { createJobRunner, type JobRunner } from './jobs/jobRunner.ts';
import { createFileStore } from './platform/files.ts';
import { createLog } from './platform/log.ts';
import type { AllHandlers } from './rpc/connection.ts';
import { createEventHub } from './rpc/eventHub.ts';

// An old KES with two policies on the guide's Vault, through the whole engine; stacks that Connect made.
const call = { signal: new AbortController().signal, host: 'cli' } as const;
let guide: Guide;
let folder: string;
let handlers: AllHandlers;
let jobs: JobRunner;
let old: ChildProcess;
const opened: KesClient[] = [];

beforeAll(async () => {
  guide = await startGuide({ withMinio: false, second: true });
  old = guide.oldKes;
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-move-'));
  const log = createLog(join(folder, 'engine.log'));
  const hub = createEventHub();
  jobs = createJobRunner(hub.publish, log);
  const hostPorts = { openWindow: () => Promise.reject(new Error('no window')), requestQuit: async () => undefined, version: 'test' };
  ({ handlers } = await createApp({ dataFolder: folder, files: createFileStore(), log, hub, jobs, hostPorts }));
  await handlers['store.create']({ mode: 'practice' }, call);
});
afterAll(async () => {
  await Promise.all(opened.map((client) => client.close()));
  await guide.stop();
  await rm(folder, { recursive: true, force: true });
});

/** As `sealdeck down` does: nothing of the stack keeps running, the old server that was put back neither. */
async function endedBy(stackId: string): Promise<void> {
  expect((await handlers['kes.moveStanding']({ stackId }, call)).answers).toBe('old');
  await job(handlers['lab.stop']({ stackId }, call));
  expect((await handlers['kes.moveStanding']({ stackId }, call)).answers).toBe('none');
}

/** A stack as Connect makes it, read-only lifted; its MinIO is not known. */
async function connect(name: string): Promise<string> {
  const { place } = await handlers['setup.propose']({ name, folder: join(folder, name) }, call);
  const servers = { vault: { way: 'none' }, kes: { way: 'none' }, minio: { way: 'none' } } as const;
  const { stackId } = await handlers['setup.create']({ place: placeInput.parse({ ...place, servers }), mode: 'guided' }, call);
  const pem = (file: string) => readFile(guide.file(file), 'utf8').then((text) => ({ kind: 'file' as const, pem: text }));
  const engine = { mount: 'kv', version: 1 as const, prefix: 'minio' };
  const token = { kind: 'vaultToken' as const, token: new Secret(guide.vault.token) };
  await handlers['connect.save'](
    { stackId, kind: 'vault', url: guide.urls.vault, trust: await pem('vault-tls.crt'), credential: token, engine },
    call,
  );
  const [cert, key] = await Promise.all([readFile(guide.file('minio.cert'), 'utf8'), readFile(guide.file('minio.key'), 'utf8')]);
  const credential = { kind: 'kesCertificate' as const, cert, key: new Secret(key) };
  await handlers['connect.save']({ stackId, kind: 'kes', url: guide.urls.kes, trust: await pem('kes-tls.crt'), credential }, call);
  await handlers['stacks.readOnly']({ id: stackId, readOnly: false }, call);
  return stackId;
}

const sourceOf = (more: Partial<MoveSource> = {}): MoveSource => ({
  folder: guide.folder,
  config: 'kes-config.yaml',
  command: guide.kesCommand,
  way: 'here',
  oldProgram: guide.oldProgram,
  ...more,
});

async function job(started: Promise<{ jobId: string }>): Promise<JobSnapshot> {
  return jobs.wait((await started).jobId);
}

const move = {
  begin: (stackId: string, source: MoveSource) => handlers['kes.moveBegin']({ stackId, source }, call),
  plan: (stackId: string) => handlers['kes.movePlan']({ stackId }, call),
  trial: (stackId: string) => job(handlers['kes.moveTrial']({ stackId, abandon: [] }, call)),
  back: (stackId: string) => job(handlers['kes.moveBack']({ stackId }, call)),
  cross: (stackId: string, typed: string) => job(handlers['kes.moveCross']({ stackId, typed }, call)),
  phase: async (stackId: string) => (await handlers['kes.moveStanding']({ stackId }, call)).phase,
};

/** The new server as that identity sees it. */
async function as(name: 'minio' | 'backup'): Promise<KesClient> {
  const [ca, cert, key] = await Promise.all(
    ['kes-tls.crt', `${name}.cert`, `${name}.key`].map((file) => readFile(guide.file(file), 'utf8')),
  );
  const client = createKesClient({ url: guide.urls.kes, ca: [ca ?? ''], cert: cert ?? '', key: new Secret(key ?? '') });
  opened.push(client);
  return client;
}

test('another node of the old KES that still answers stops the move: old and new never serve side by side', async () => {
  const other: Server = createServer().listen(0, '127.0.0.1');
  await waitUntil(async () => other.listening);
  const { port } = other.address() as { port: number };
  const nodes = `https://127.0.0.1:${guide.ports.kes},https://127.0.0.1:${port}`;
  await writeFile(guide.file('two-nodes.env'), `MINIO_KMS_KES_ENDPOINT=${nodes}\n`);
  const stackId = await connect('nodes');
  await move.begin(stackId, sourceOf({ minio: 'two-nodes.env' }));
  const stops = async () => (await move.plan(stackId)).notes.filter(({ level }) => level === 'stop').map(({ text }) => text.code);
  expect(await stops()).toEqual(['kesMoveNoteNodeRuns']);
  expect((await move.trial(stackId)).error?.code).toBe('kesMoveStopped');
  await new Promise((done) => other.close(done));
  expect(await stops()).toEqual([]);
  expect(await move.phase(stackId)).toBe('planned');
});

test('a login that Vault refuses is tried once, however often the plan is asked for: the role is not locked out', async () => {
  const stackId = await connect('login');
  const config = await readFile(guide.file('kes-config.yaml'), 'utf8');
  await writeFile(guide.file('stale.yaml'), config.replace(guide.vault.secretId, '00000000-0000-0000-0000-000000000000'), { mode: 0o600 });
  await move.begin(stackId, sourceOf({ config: 'stale.yaml' }));
  for (let tries = 0; tries < 7; tries += 1) await expect(move.plan(stackId)).rejects.toMatchObject({ code: 'vaultLoginRefused' });
  await move.begin(stackId, sourceOf());
  expect((await move.plan(stackId)).policy?.name).toBe('minio-key-policy');
});

test('an address that KES’s certificate does not name is found before the old server is stopped', async () => {
  const stackId = await connect('named');
  await move.begin(stackId, sourceOf());
  await handlers['connect.save']({ stackId, kind: 'kes', url: `https://localhost:${guide.ports.kes}` }, call);
  const { notes } = await move.plan(stackId);
  expect(notes.filter(({ level }) => level === 'stop').map(({ text }) => text.code)).toEqual(['kesMoveNoteAddress']);
  await handlers['connect.save']({ stackId, kind: 'kes', url: 'https://127.0.0.1:1' }, call);
  const other = (await move.plan(stackId)).notes.filter(({ level }) => level === 'stop').map(({ text }) => text.code);
  expect(other).toContain('kesMoveNotePort');
});

test('a typed command with a variable before it is refused, since it would be kept', async () => {
  const stackId = await connect('typed');
  await expect(move.begin(stackId, sourceOf({ command: `TOKEN=x ${guide.kesCommand}` }))).rejects.toMatchObject({
    code: 'kesMoveSecretInCommand',
  });
});

test('a key that was made again under its old name is found by what it sealed, and the old server is put back', async () => {
  const stackId = await connect('again');
  await move.begin(stackId, sourceOf());
  const moving = move.trial(stackId);
  await waitUntil(async () => (await move.phase(stackId)) === 'switching');
  const kept = await guide.vault.run(['kv', 'get', '-field=minio-key-2', 'kv/minio/minio-key-2']);
  const another = JSON.stringify({ bytes: Buffer.alloc(32, 7).toString('base64') });
  await guide.vault.run(['kv', 'put', 'kv/minio/minio-key-2', `minio-key-2=${another}`]);
  await stopProcess(old);
  const { error } = await moving;
  expect(error).toMatchObject({ code: 'kesMoveNewFailedBack', details: { reason: expect.stringContaining('kesMoveNotOpened') } });
  expect(await handlers['kes.moveStanding']({ stackId }, call)).toMatchObject({ phase: 'prepared', answers: 'old' });
  await guide.vault.run(['kv', 'put', 'kv/minio/minio-key-2', `minio-key-2=${kept.trim()}`]);
});

describe('a stack that Connect made, whose old KES has two policies', () => {
  let stackId: string;

  test('keeps both: each identity opens its own keys on trial, and neither may write', async () => {
    stackId = await connect('two');
    // The one before left its old server running; here Sealdeck starts it, since nobody does.
    const [before] = (await handlers['stacks.list']({}, call)).stacks.filter(({ name }) => name === 'again');
    await endedBy(before?.id ?? '');
    await move.begin(stackId, sourceOf());
    const { now, changes, notes } = await move.plan(stackId);
    expect(notes.map(({ text }) => text.code)).toContain('kesMoveNoteStartsOld');
    expect(now.content).toContain('backup:');
    expect(changes.map(({ what }) => what.code)).toContain('kesFindAllowWidened');
    expect((await move.trial(stackId)).error).toBeUndefined();
    const { evidence } = await handlers['kes.moveStanding']({ stackId }, call);
    expect(evidence.find(({ text }) => text.code === 'kesMoveOpened')?.text.params).toMatchObject({ count: 2 });
    for (const [who, key] of [
      ['minio', 'minio-key-1'],
      ['backup', 'backup-key-1'],
    ] as const) {
      await expect((await as(who)).generate(key)).rejects.toMatchObject({ code: 'kesNotAuthorised' });
      await expect((await as(who)).decrypt(key, 'AAAA')).rejects.not.toMatchObject({ code: 'kesNotAuthorised' });
    }
  });

  test('and both work as before behind the line, each within its own names', async () => {
    expect((await move.cross(stackId, 'two')).error).toBeUndefined();
    for (const [who, key, other] of [
      ['minio', 'minio-key-1', 'backup-key-1'],
      ['backup', 'backup-key-1', 'minio-key-1'],
    ] as const) {
      const client = await as(who);
      const made = await client.generate(key);
      expect((await client.decrypt(key, made.ciphertext)).reveal()).toBe(made.plaintext.reveal());
      await expect(client.generate(other)).rejects.toMatchObject({ code: 'kesNotAuthorised' });
    }
    expect((await move.back(stackId)).error?.code).toBe('kesMoveNoWayBack');
    await job(handlers['lab.stop']({ stackId }, call));
  });
});

test('without its program the old server is put back by its keeper, who is waited for', async () => {
  const stackId = await connect('keeper');
  old = await guide.startOldKes();
  const { oldProgram: _, ...source } = sourceOf();
  await move.begin(stackId, source);
  const moving = move.trial(stackId);
  await waitUntil(async () => (await move.phase(stackId)) === 'switching');
  await stopProcess(old);
  expect((await moving).error).toBeUndefined();
  const back = move.back(stackId);
  await waitUntil(async () => (await handlers['kes.moveStanding']({ stackId }, call)).answers === 'none');
  old = await guide.startOldKes();
  expect((await back).error).toBeUndefined();
  expect(await move.phase(stackId)).toBe('prepared');
  expect((await handlers['stacks.get']({ id: stackId }, call)).kesClusters[0]?.nodes[0]?.way).toBe('api');
  await stopProcess(old);
});

test('where others start KES, the files and commands are laid out, and what answers is checked from here', async () => {
  const { kes } = await ensureServers(['kes']);
  const stackId = await connect('handed');
  old = await guide.startOldKes();
  await move.begin(stackId, sourceOf({ way: 'handedOver' }));
  const handed = join(folder, 'handed', 'handover', 'kes');
  const moving = move.trial(stackId);
  await waitUntil(async () => (await readFile(join(handed, 'COMMANDS.txt'), 'utf8')).includes('kes-trial.yaml'));
  // What the keeper of that host does.
  await stopProcess(old);
  const config = guide.file('kes-trial.yaml');
  await copyFile(join(handed, 'kes-trial.yaml'), config);
  const theirs = spawn(kes, ['server', '--config', config], { cwd: guide.folder, stdio: 'ignore' });
  try {
    expect((await moving).error).toBeUndefined();
    expect(await handlers['kes.moveStanding']({ stackId }, call)).toMatchObject({ phase: 'trial', answers: 'new' });
    const crossing = move.cross(stackId, 'handed');
    await waitUntil(async () => (await move.phase(stackId)) === 'crossing');
    await copyFile(join(handed, 'kes-today.yaml'), config);
    theirs.kill('SIGHUP');
    expect((await crossing).error).toBeUndefined();
    expect(await move.phase(stackId)).toBe('moved');
    // It is its keeper's: nothing of it is a server of ours.
    expect((await handlers['stacks.get']({ id: stackId }, call)).kesClusters[0]?.nodes[0]?.way).toBe('api');
  } finally {
    await stopProcess(theirs);
  }
});

test('keys in a folder of files are looked at by their names, and go back and forth as well', async () => {
  const stackId = await connect('files');
  const lines = (await readFile(guide.file('kes-config.yaml'), 'utf8')).split(/^keys:$/m)[0];
  await writeFile(guide.file('files.yaml'), `${lines}keys:\n  fs:\n    path: keys\n`, { mode: 0o600 });
  await mkdir(guide.file('keys'));
  const record = JSON.stringify({ bytes: Buffer.alloc(32, 9).toString('base64') });
  for (const name of ['minio-fs-1', 'minio-fs.2']) await writeFile(join(guide.file('keys'), name), record, { mode: 0o600 });
  await move.begin(stackId, sourceOf({ config: 'files.yaml', command: guide.kesCommand.replace('kes-config', 'files') }));
  expect((await move.plan(stackId)).keys.map(({ name, legal }) => [name, legal])).toEqual([
    ['minio-fs-1', true],
    ['minio-fs.2', false],
  ]);
  // Nobody counted what is sealed with it: there is no MinIO in this stack.
  expect((await job(handlers['kes.moveTrial']({ stackId, abandon: ['minio-fs.2'] }, call))).error?.code).toBe('kesMoveNamesUncounted');
  await rm(join(guide.file('keys'), 'minio-fs.2'));
  expect((await move.trial(stackId)).error).toBeUndefined();
  expect((await move.back(stackId)).error).toBeUndefined();
  expect(await handlers['kes.moveStanding']({ stackId }, call)).toMatchObject({ phase: 'prepared', answers: 'old' });
  await endedBy(stackId);
});
