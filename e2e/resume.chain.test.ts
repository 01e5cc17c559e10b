import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keychainSessionMissing, startKeychainSession } from '../electron/platform/keychainDaemon.testSupport.ts';
import { cacheFolder } from '../servers/catalogue.ts';
import { stepIds } from '../shared/setup.ts';
import { call, enginePid, sealdeck } from './cli.ts';
import { processesNaming } from './processes.ts';
import { type StackPlace, stackPlace } from './stackPlace.ts';

let place: StackPlace;
let dir: string;
let data: string;

async function makePlace(): Promise<void> {
  place = await stackPlace();
  dir = place.dir;
  data = place.data;
}
const clearUp = (): Promise<void> => place.clear();

const up = (...args: string[]) => sealdeck(['up', '--dir', dir, ...args, '--json']);

/** SIGKILL to engine and command line as soon as `when` holds. */
async function killedUp(when: (seen: Set<string>) => boolean, args: string[]): Promise<void> {
  const seen = new Set<string>();
  let over = false;
  const running = sealdeck(['up', '--dir', dir, ...args, '--json'], {
    onLine: (line) => seen.add(`${String(line.step)}:${String(line.state)}`),
  });
  void running.then(() => (over = true));
  while (!over && !when(seen)) await sleep(1);
  const pid = enginePid(data);
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  await running;
}

const practice = ['--practice', '--build-servers'];

describe('a chain that is killed and goes on to its end', () => {
  beforeAll(makePlace);
  afterAll(clearUp);

  it('goes on after SIGKILL at every step boundary, to the same end', async () => {
    for (const step of stepIds) await killedUp((seen) => seen.has(`${step}:proven`), practice);
    const end = await up(...practice);
    expect(end.stderr).toBe('');
    expect(end.lines.at(-1)).toMatchObject({ proof: 'proven' });
  });

  it('puts the withheld key back when it is killed in the middle of a proof', async () => {
    const first = await up(...practice);
    const stackId = String(first.lines.at(-1)?.stack);
    const proving = sealdeck(['call', 'proof.run', '-', '--data', data, '--json'], { input: JSON.stringify({ stackId }) });
    await sleep(2_500);
    const pid = enginePid(data);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await proving;
    // Nothing of the set-up itself is undone, so that up has only the proof to make anew.
    const again = await up(...practice);
    expect(again.stderr).toBe('');
    expect(again.lines.at(-1)).toMatchObject({ proof: 'proven' });
    const recovered = await call(['--data', data], 'journal.list', { stackId });
    expect(JSON.stringify(recovered)).toContain('proofJournalRecovered');
  });
});

describe('a chain that is killed', () => {
  beforeEach(makePlace);
  afterEach(clearUp);

  it('goes on after SIGKILL in the middle of init, and never loses shares silently', async () => {
    await killedUp(() => existsSync(join(dir, 'vault', 'init.intent')), practice);
    const end = await up(...practice);
    expect(end.stderr).toBe('');
    expect(end.lines.at(-1)).toMatchObject({ proof: 'proven' });
  });

  it('comes back after a reboot in passphrase mode: unlock, start, unseal, prove', async () => {
    const file = join(place.folder, 'passphrase');
    writeFileSync(file, 'correct horse battery staple\n', { mode: 0o600 });
    const first = await up('--passphrase-file', file, '--build-servers');
    expect(first.stderr).toBe('');
    const stackId = String(first.lines.at(-1)?.stack);
    await killEverything(place.folder);
    const back = await up('--passphrase-file', file);
    expect(back.stderr).toBe('');
    expect(back.lines.at(-1)).toMatchObject({ proof: 'proven', stack: stackId });
    expect(readFileSync(join(data, 'sealed.sdv'), 'latin1')).not.toContain('battery');
  });

  it('refuses a wrong passphrase, says what to do, and changes nothing', async () => {
    await call(['--data', data], 'store.create', { mode: 'passphrase', passphrase: 'the right words' });
    await call(['--data', data], 'app.quit', { force: true });
    const before = readFileSync(join(data, 'sealed.sdv'));
    const wrong = await sealdeck(['call', 'store.unlock', '-', '--data', data], {
      input: JSON.stringify({ passphrase: 'the wrong words' }),
    });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/^storeWrongKey: /);
    expect(wrong.stderr.trim().split('\n')).toHaveLength(1);
    expect(readFileSync(join(data, 'sealed.sdv'))).toEqual(before);
  });

  it('keeps its key in the real keychain and comes back in a new process', async (context) => {
    const missing = await keychainSessionMissing();
    if (missing) return context.skip(missing);
    const session = await startKeychainSession();
    try {
      const own = Object.fromEntries(Object.entries(session.env).map(([name, value]) => [name, value ?? '']));
      const env = { ...own, SEALDECK_DATA: data, SEALDECK_SERVERS_CACHE: cacheFolder() };
      const first = await sealdeck(['up', '--dir', dir, '--build-servers', '--json'], { env });
      expect(first.stderr).toBe('');
      expect(await call(['--data', data], 'store.status', {}, env)).toMatchObject({ mode: 'keychain', state: 'open' });
      await killEverything(dir);
      const back = await sealdeck(['up', '--dir', dir, '--json'], { env });
      expect(back.lines.at(-1)).toMatchObject({ proof: 'proven' });
      await sealdeck(['down', '--dir', dir, '--json'], { env });
    } finally {
      await session.stop();
    }
  });
});

/** What a reboot does: engine and servers are gone at once. */
async function killEverything(folder: string): Promise<void> {
  for (const { pid } of processesNaming(folder)) process.kill(pid, 'SIGKILL');
  for (let tries = 0; processesNaming(folder).length > 0 && tries < 100; tries += 1) await sleep(50);
}
