import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type KeychainSession, keychainSessionMissing, startKeychainSession } from './keychainDaemon.testSupport.ts';
import { createLog } from './log.ts';
import { createSealedStore } from './sealedStore.ts';

const child = join(import.meta.dirname, 'sealedStoreChild.testSupport.ts');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs commands in an engine of their own and returns their answers. A hang ends the test, as an error. */
async function engine(env: NodeJS.ProcessEnv, ...commands: string[]): Promise<unknown[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [child, folder, ...commands], { env, timeout: 20_000 });
  return answers(stdout);
}

function answers(stdout: string): unknown[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

const reason = await keychainSessionMissing();

describe.skipIf(reason !== undefined)(`the real keychain${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let keyring: KeychainSession;
  let bareBus: KeychainSession;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    keyring = await startKeychainSession();
    bareBus = await startKeychainSession({ daemon: false });
    env = keyring.env;
  });
  afterAll(() => Promise.all([keyring?.stop(), bareBus?.stop()]));

  test('holds the key of the store over engines and over a restart of the daemon, and nothing lies in the folder', async () => {
    const made = await engine(env, 'status', 'create=keychain', 'set=token=tracer-9f31');
    expect(made).toMatchObject([
      { state: 'absent', keychain: { available: true } },
      { state: 'open', mode: 'keychain', protected: true },
      null,
    ]);
    expect((await readdir(folder)).filter((name) => !name.startsWith('engine')).sort()).toEqual(['sealed.sdv', 'sealed.sdv.bak']);
    expect((await readFile(join(folder, 'sealed.sdv'))).includes('tracer-9f31')).toBe(false);
    await keyring.restart();
    expect(await engine(env, 'open', 'get=token')).toMatchObject([{ state: 'open', mode: 'keychain' }, 'tracer-9f31']);
  });

  test('keeps two data folders apart', async () => {
    await engine(env, 'create=keychain', 'set=token=first');
    const first = folder;
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-store-'));
    await engine(env, 'create=keychain', 'set=token=second');
    expect((await engine(env, 'open', 'get=token'))[1]).toBe('second');
    await rm(folder, { recursive: true });
    folder = first;
    expect((await engine(env, 'open', 'get=token'))[1]).toBe('first');
  });

  test('locked: the engine starts with a locked store, says so on unlock, changes nothing, and opens after the unlock', async () => {
    await engine(env, 'create=keychain', 'set=token=kept');
    const before = await readFile(join(folder, 'sealed.sdv'));
    await keyring.lock();
    expect(await engine(env, 'open', 'unlock', 'get=token', 'set=token=new')).toMatchObject([
      { state: 'locked', mode: 'keychain' },
      { code: 'keychainLocked' },
      { code: 'storeLocked' },
      { code: 'storeLocked' },
    ]);
    expect(await readFile(join(folder, 'sealed.sdv'))).toEqual(before);
    await keyring.restart();
    expect((await engine(env, 'open', 'get=token'))[1]).toBe('kept');
  });

  test('locked while a store is made: nothing is made, and no other mode is taken instead', async () => {
    await keyring.lock();
    expect(await engine(env, 'create=keychain', 'status')).toMatchObject([{ code: 'keychainLocked' }, { state: 'absent' }]);
    expect(await readdir(folder)).toEqual([]);
    await keyring.restart();
  });

  test('does not answer: the engine says so within its limit and is not hung by it', async () => {
    await engine(env, 'create=keychain');
    keyring.freeze();
    try {
      // An engine that hangs is ended by `engine`, which is an error.
      expect(await engine(env, 'unlock', 'status')).toMatchObject([
        { code: 'keychainUnavailable' },
        { state: 'locked', keychain: { available: false, reason: expect.any(String) } },
      ]);
    } finally {
      keyring.thaw();
    }
  });

  test('waits for a person who does not come: given up in time, asked only once, and the engine can still end', async () => {
    const desk = await startKeychainSession({ promptsStayOpen: true });
    try {
      await engine(desk.env, 'create=keychain', 'set=token=kept');
      await desk.lock();
      // It ends itself by SIGKILL, because the runtime would wait for the thread that waits for the person.
      const ended = await engine(desk.env, 'unlock', 'unlock', 'unlock').catch((error: unknown) => error);
      expect(ended).toMatchObject({ signal: 'SIGKILL', killed: false });
      expect(answers((ended as { stdout: string }).stdout)).toMatchObject([
        { code: 'keychainUnavailable', details: { reason: 'no answer within 3 s' } },
        { code: 'keychainLocked', details: { reason: 'its unlock prompt is still open' } },
        { code: 'keychainLocked' },
      ]);
    } finally {
      await desk.stop();
    }
  });

  test('lost the key: the store is refused as such and stays as it is', async () => {
    await engine(env, 'create=keychain', 'set=token=kept');
    const before = await readFile(join(folder, 'sealed.sdv'));
    const other = await startKeychainSession();
    try {
      expect(await engine(other.env, 'open', 'unlock', 'create=keychain')).toMatchObject([
        { state: 'locked' },
        { code: 'keychainKeyMissing' },
        { code: 'storeExists' },
      ]);
      expect(await readFile(join(folder, 'sealed.sdv'))).toEqual(before);
    } finally {
      await other.stop();
    }
  });

  test('has no keyring yet: seen when the key is written, and then nothing is made', async () => {
    const fresh = await startKeychainSession({ keyring: false });
    try {
      expect(await engine(fresh.env, 'create=keychain', 'status')).toMatchObject([
        { code: 'keychainUnavailable', details: { reason: expect.stringContaining('no default keyring') } },
        { state: 'absent' },
      ]);
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await fresh.stop();
    }
  });

  test.each([
    ['no bus', () => ({ ...env, DBUS_SESSION_BUS_ADDRESS: undefined })],
    ['a bus without a secret service', () => bareBus.env],
  ])('absent (%s): said before anything is made, nothing falls back', async (_, where) => {
    expect(await engine(where(), 'status', 'create=keychain', 'status')).toMatchObject([
      { state: 'absent', keychain: { available: false, reason: expect.stringMatching(/DBus/) } },
      { code: 'keychainUnavailable' },
      { state: 'absent' },
    ]);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('SIGKILL in the middle of writing', () => {
  test('leaves a store that opens, with every value that was called stored, and no temporaries pile up', async () => {
    const env = { PATH: process.env.PATH };
    await engine(env, 'create=practice');
    // Kills that hit no write would prove nothing: as many rounds as it takes for ten that did.
    let killedInside = 0;
    for (let round = 0; killedInside < 10; round++) {
      expect(round, 'rounds').toBeLessThan(100);
      const told = await killAfter(env, 20 + ((round * 37) % 150));
      killedInside += (await readdir(folder)).some((name) => name.endsWith('.tmp')) ? 1 : 0;
      const store = createSealedStore({ folder, log: createLog(join(folder, 'engine.log')) });
      expect(await store.openIfPossible(), `round ${round}`).toMatchObject({ state: 'open' });
      const [kept, begun] = ['n', 'ballast'].map((name) => Number.parseInt(store.get('test', name)?.reveal() ?? '0', 10));
      expect(kept).toBeGreaterThanOrEqual(told);
      expect([kept, (kept ?? 0) + 1]).toContain(begun);
      expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }
  }, 240_000);

  /** Kills a writing engine some milliseconds after its first stored value and returns the last one that it told. */
  async function killAfter(env: NodeJS.ProcessEnv, milliseconds: number): Promise<number> {
    const writer = spawn(process.execPath, [child, folder, 'open', 'writeForever'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    const begun = new Promise<void>((resolve) => {
      writer.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.split('\n').length > 2) resolve();
      });
    });
    const ended = new Promise((resolve) => writer.once('close', resolve));
    await Promise.race([begun, ended]);
    await sleep(milliseconds);
    writer.kill('SIGKILL');
    await ended;
    return Number(output.trimEnd().split('\n').at(-1));
  }
});
