import { type ChildProcess, execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Guide, startGuide } from '../electron/clients/guide.testSupport.ts';
import { stopProcess, waitUntil } from '../electron/clients/kes/kes.testSupport.ts';
import { createOldKes } from '../electron/clients/kes/oldClient.ts';
import { createObjectClient } from '../electron/clients/s3/objectClient.ts';
import type { MovePlan, MoveStanding } from '../shared/kesMove.ts';
import { Secret } from '../shared/secret.ts';
import type { Stack } from '../shared/stacks.ts';
import { call, enginePid, sealdeck, temporaryFolder } from './cli.ts';
import { processesNaming } from './processes.ts';

const run = promisify(execFile);

/** The Chinese guide's own files, on the KES of its time, and a stack that Sealdeck made of them. */
let guide: Guide;
let place: Awaited<ReturnType<typeof temporaryFolder>>;
let data: string[];
let stackId: string;
let folder: string;
let source: Record<string, unknown>;

beforeAll(async () => {
  guide = await startGuide({ extraKeys: ['minio-key.dot'] });
  place = await temporaryFolder();
  data = ['--data', join(place.folder, 'data')];
  folder = join(place.folder, 'stack');
  await call(data, 'store.create', { mode: 'practice' });
}, 120_000);
afterAll(async () => {
  await sealdeck(['quit', ...data, '--force', '--json']);
  for (const { pid } of processesNaming(place.folder)) process.kill(pid, 'SIGKILL');
  await guide.stop();
  await place.remove();
});

const plan = async (): Promise<MovePlan> => (await call(data, 'kes.movePlan', { stackId })) as MovePlan;
const standing = async (): Promise<MoveStanding> => (await call(data, 'kes.moveStanding', { stackId })) as MoveStanding;
const codes = (of: MoveStanding): string[] => of.evidence.map(({ text }) => text.code);
const trial = (abandon: string[] = ['minio-key.dot']) => call(data, 'kes.moveTrial', { stackId, abandon });
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** An object as MinIO gives it now. */
async function read(name: string): Promise<string> {
  const client = createObjectClient(guide.minio.endpoint());
  try {
    const { body } = await client.get({ bucket: 'crypt', key: name });
    const parts: Buffer[] = [];
    for await (const part of body as AsyncIterable<Buffer>) parts.push(part);
    return hashOf(Buffer.concat(parts));
  } finally {
    await client.close();
  }
}

async function upload(name: string): Promise<void> {
  const client = createObjectClient(guide.minio.endpoint());
  await client
    .put({ bucket: 'crypt', key: name }, Buffer.from(name), { encrypt: { kind: 'sse-kms', key: 'minio-key-1' } })
    .finally(() => client.close());
}

async function generation(): Promise<string> {
  const [server, cert, key] = await Promise.all(
    ['kes-tls.crt', 'minio.cert', 'minio.key'].map((name) => readFile(guide.file(name), 'utf8')),
  );
  const kes = createOldKes({ url: guide.urls.kes, server: server ?? '', cert: cert ?? '', key: new Secret(key ?? '') });
  return kes.generation().finally(() => kes.close());
}

/** Ends the engine as a loss of power would. */
async function killEngine(): Promise<void> {
  const pid = enginePid(join(place.folder, 'data')) ?? 0;
  process.kill(pid, 'SIGKILL');
  await waitUntil(async () => enginePid(join(place.folder, 'data')) === undefined);
}

/** Runs the trial and kills the engine as soon as the move's record says that phase. */
async function killIn(phase: string, begin: () => Promise<unknown>): Promise<void> {
  const work = begin().catch(() => undefined);
  const record = join(folder, 'kes-move', 'move.json');
  await waitUntil(async () => (JSON.parse(await readFile(record, 'utf8')) as { phase: string }).phase === phase);
  await killEngine();
  await work;
}

describe('a deployment of the Chinese guide moves to today’s KES', () => {
  it('is found in its folder, and becomes a stack that changes nothing yet', async () => {
    await expect(call(data, 'kes.moveLook', { folder: 'old' })).rejects.toThrow(/whole path/);
    const found = await call(data, 'kes.moveLook', { folder: guide.folder });
    expect(found).toMatchObject({
      configs: ['kes-config.yaml'],
      commands: [{ file: 'history.txt', command: guide.kesCommand }],
      environments: ['minio.env'],
      kesUrl: guide.urls.kes,
      vaultUrl: guide.urls.vault,
      engine: { mount: 'kv', prefix: 'minio' },
      defaultKey: 'minio-key-1',
      minioLogin: true,
      identity: true,
    });
    source = {
      folder: guide.folder,
      config: 'kes-config.yaml',
      commandFile: 'history.txt',
      minio: 'minio.env',
      oldProgram: guide.oldProgram,
    };
    const made = await call(data, 'kes.moveMakeStack', {
      name: 'archive',
      stackFolder: folder,
      source,
      vault: { kind: 'vaultToken', token: guide.vault.token },
      minioUrl: guide.urls.minio,
      minioCa: await readFile(guide.file('minio-tls.crt'), 'utf8'),
    });
    stackId = String(made.stackId);
    // What Overview leads from: today's client is told by its status that this is a server of years ago.
    expect(await call(data, 'kes.status', { stackId })).toMatchObject({
      nodes: [{ error: { code: 'kesRefused', details: { status: 505 } } }],
    });
    await expect(trial()).rejects.toThrow(/read-only/);
    await call(data, 'stacks.readOnly', { id: stackId, readOnly: false });
  });

  it('is planned with each change and its reason, its names, and the point of no return said beforehand', async () => {
    const { old, now, changes, notes, keys, policy, variables, line } = await plan();
    expect(old.dialect).toBe('A');
    expect(changes.map(({ what }) => what.code)).toEqual(
      expect.arrayContaining([
        'kesFindKeysMap',
        'kesFindFlagRoot',
        'kesFindFlagMlock',
        'kesFindFlagAuth',
        'kesMoveRulesAdded',
        'kesMovePathAbsolute',
      ]),
    );
    expect(now.content).toContain(`cert: ${guide.file('kes-tls.crt')}`);
    expect(now.content).toContain('version: v1\n    prefix: minio');
    for (const text of [old.content, now.content, JSON.stringify(changes)]) expect(text).not.toContain(guide.vault.secretId);
    expect(keys).toEqual([
      { name: 'minio-key-1', legal: true },
      { name: 'minio-key-2', legal: true },
      { name: 'minio-key.dot', legal: false, objects: 0 },
    ]);
    expect(policy?.after).toContain('"delete", "list"');
    expect(variables.filter(({ must }) => must).map(({ now: today }) => today)).toEqual([
      `MINIO_KMS_KES_ENDPOINT=${guide.urls.kes}`,
      `MINIO_KMS_KES_CAPATH=${guide.file('kes-tls.crt')}`,
    ]);
    expect(notes.filter(({ level }) => level === 'stop').map(({ text }) => text.code)).toEqual(['kesMoveNoteNames']);
    expect(line.map(({ code }) => code)).toEqual(['kesMoveLineWrites', 'kesMoveLineOld', 'kesMoveLineSide']);
    const told = await sealdeck(['kes-move', '--dir', folder, ...data, '--lang', 'en']);
    expect(told.code).toBe(3);
    expect(told.stdout).toContain('kes-config.yaml:10 → kes.yaml:12');
    expect(told.stdout).toContain('━━ Old and new must never serve side by side.');
    expect(told.stdout).not.toContain(guide.vault.secretId);
    expect(await guide.vault.run(['policy', 'read', 'minio-key-policy'])).not.toContain('list');
    expect(await generation()).toBe('old');
  });

  it('stops at a key name that today’s KES cannot reach, while the old one still serves it, and names what uses it', async () => {
    await expect(trial([])).rejects.toThrow(/cannot reach 1 of the keys/);
    const client = createObjectClient(guide.minio.endpoint());
    const at = { bucket: 'crypt', key: 'under-the-dot' };
    await client.put(at, Buffer.from('x'), { encrypt: { kind: 'sse-kms', key: 'minio-key.dot' } });
    // Typing its name does not help while something is sealed with it.
    await expect(trial()).rejects.toThrow(/minio-key\.dot is in use[\s\S]*crypt\/under-the-dot/);
    expect((await plan()).keys.find(({ name }) => name === 'minio-key.dot')).toMatchObject({ objects: 1, sample: 'crypt/under-the-dot' });
    // The way that is named: another key for it, through the old server.
    await client.copy({ from: at, to: at, encrypt: { kind: 'sse-kms', key: 'minio-key-2' } });
    await client.close();
    expect((await plan()).keys.find(({ name }) => name === 'minio-key.dot')).toMatchObject({ objects: 0 });
    expect(await generation()).toBe('old');
    expect((await standing()).phase).toBe('planned');
  });

  it('waits for the old server’s keeper, then tries the new one: it opens everything and may not write', async () => {
    const moving = trial();
    await waitUntil(async () => (await standing()).phase === 'switching');
    expect(await generation()).toBe('old');
    await stopProcess(guide.oldKes);
    await moving;
    const now = await standing();
    expect(now).toMatchObject({ phase: 'trial', answers: 'new' });
    expect(codes(now)).toEqual([
      'kesMoveKeysSeen',
      'kesMoveListAllowed',
      'kesMoveOpened',
      'kesMoveHeld',
      'kesMoveObjectSame',
      'kesMoveObjectSame',
      'kesMoveObjectSame',
    ]);
    expect(await guide.vault.run(['policy', 'read', 'minio-key-policy'])).toContain('"list"');
    for (const { name, body } of guide.objects) expect(await read(name)).toBe(hashOf(body));
    await expect(upload('too-early')).rejects.toMatchObject({ details: { code: expect.stringMatching(/NotAuthorized|AccessDenied/) } });
    expect((await stat(join(folder, 'kes', 'kes.yaml'))).mode & 0o777).toBe(0o600);
  });

  it('goes back while nothing was written, and the old server opens what it sealed', async () => {
    await call(data, 'kes.moveBack', { stackId });
    expect(await standing()).toMatchObject({ phase: 'prepared', answers: 'old' });
    await upload('written-by-the-old-one');
    for (const { name, body } of guide.objects) expect(await read(name)).toBe(hashOf(body));
  });

  it('puts the old server back by itself when the new one dies at its start', async () => {
    const started = () => processesNaming(folder).find(({ args }) => args.includes(join(folder, 'kes', 'kes.yaml')));
    const moving = expect(trial()).rejects.toThrow(/the old one serves again/);
    await waitUntil(async () => started() !== undefined);
    process.kill(started()?.pid ?? 0, 'SIGKILL');
    await moving;
    expect(await standing()).toMatchObject({ phase: 'prepared', answers: 'old' });
    for (const { name, body } of guide.objects) expect(await read(name)).toBe(hashOf(body));
  });

  it('is killed between the servers, and goes on where it was', async () => {
    await killIn('switching', () => trial());
    await trial();
    expect(await standing()).toMatchObject({ phase: 'trial', answers: 'new' });
    await killIn('goingBack', () => call(data, 'kes.moveBack', { stackId }));
    await call(data, 'kes.moveBack', { stackId });
    expect(await standing()).toMatchObject({ phase: 'prepared', answers: 'old' });
    await trial();
  });

  it('crosses the line only with the stack’s name, and a kill right behind it leaves it crossed', async () => {
    const wrong = await sealdeck(['kes-move', 'cross', '--name', 'another', '--dir', folder, ...data]);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('kesMoveTyped')]);
    await killIn('crossing', () => call(data, 'kes.moveCross', { stackId, typed: 'archive' }));
    await expect(call(data, 'kes.moveBack', { stackId })).rejects.toThrow(/no way back/);
    await call(data, 'kes.moveCross', { stackId, typed: 'archive' });
    const now = await standing();
    expect(now).toMatchObject({ phase: 'moved', answers: 'new' });
    expect(codes(now)).toEqual(expect.arrayContaining(['kesMoveSealed', 'kesMoveListed', 'kesMoveWritten', 'kesMoveObjectSame']));
    for (const { name, body } of guide.objects) expect(await read(name)).toBe(hashOf(body));
    expect(await read('under-the-dot')).toBe(hashOf(Buffer.from('x')));
    await upload('written-by-the-new-one');
    const document = (await call(data, 'stacks.get', { id: stackId })) as Stack;
    expect(document.kesClusters[0]).toMatchObject({ nodes: [{ way: 'here' }], cache: { any: '5m0s', unused: '20s' } });
  });

  it('refuses the way back and the old server beside the new one once it has written', async () => {
    await expect(call(data, 'kes.moveBack', { stackId })).rejects.toThrow(/no way back/);
    await expect(trial()).rejects.toThrow(/line was crossed/);
    await expect(call(data, 'kes.moveBegin', { stackId, source })).rejects.toThrow(/under way/);
    // Somebody starts the old program again, in the new one's place: it is told at once, and with reason.
    await call(data, 'lab.stop', { stackId });
    const again: ChildProcess = await guide.startOldKes();
    expect((await standing()).error?.code).toBe('kesMoveOldAnswers');
    await expect(read('written-by-the-new-one')).rejects.toThrow();
    await stopProcess(again);
    await call(data, 'lab.start', { stackId, kind: 'kes' });
    await waitUntil(async () => (await read('written-by-the-new-one')) === hashOf(Buffer.from('written-by-the-new-one')));
  });

  it('still shows what was moved when the old configuration is in the archive', async () => {
    const shown = await plan();
    await rename(guide.file('kes-config.yaml'), guide.file('archived.yaml'));
    expect(await plan()).toEqual(shown);
    expect((await standing()).error).toBeUndefined();
    await rename(guide.file('archived.yaml'), guide.file('kes-config.yaml'));
  });

  it('left no secret in its record, its journal or a command line', async () => {
    const record = await readFile(join(folder, 'kes-move', 'move.json'), 'utf8');
    const journal = JSON.stringify(await call(data, 'journal.list', { stackId }));
    const { stdout } = await run('ps', ['-axww', '-o', 'command']);
    for (const text of [record, journal, stdout]) {
      expect(text).not.toContain(guide.vault.secretId);
      expect(text).not.toContain(guide.vault.token);
    }
  });
});
