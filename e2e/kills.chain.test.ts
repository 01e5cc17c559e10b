import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { expectWhole, type Kept, keptOf } from './afterKill.ts';
import { enginePid, sealdeck, temporaryFolder } from './cli.ts';
import { processesNaming } from './processes.ts';

const scenes = ['fresh', 'proof', 'again', 'fresh', 'sealed', 'again'] as const;
const victims = ['engine', 'terminal', 'ctrl-c', 'everything', 'server'] as const;
const long = process.env.SEALDECK_LONG === '1';
/** Long: `SEALDECK_LONG=1 npm test -- chain`. A failure is repeated with the same seed. */
const kills = Number(process.env.SEALDECK_KILLS ?? (long ? 200 : 5));
const seed = Number(process.env.SEALDECK_SEED ?? Date.now() % 1_000_000);

const root = resolve(import.meta.dirname, '..');
const nothing: Kept = { shares: undefined, lost: 0 };
let place: Awaited<ReturnType<typeof temporaryFolder>> | undefined;

/** The same numbers for the same seed (mulberry32). */
function random(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function end(): Promise<void> {
  if (place === undefined) return;
  await sealdeck(['down', '--dir', join(place.folder, 'lab'), '--json']);
  for (const { pid } of processesNaming(place.folder)) kill(pid, 'SIGKILL');
  await place.remove();
  place = undefined;
}
afterAll(end);

function kill(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

/** Starts a command, and after some milliseconds takes away what the victim's name says. */
async function cutOff(args: string[], folder: string, after: number, victim: (typeof victims)[number], pick: number): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'bin', 'sealdeck.js'), ...args, '--json'], { cwd: root, stdio: 'ignore' });
  const ended = new Promise((done) => child.on('close', done));
  await Promise.race([sleep(after), ended]);
  const engine = enginePid(join(folder, 'lab', '.sealdeck'));
  const others = processesNaming(folder).filter(({ pid }) => pid !== child.pid && pid !== engine);
  if (victim === 'engine') kill(engine, 'SIGKILL');
  if (victim === 'terminal') kill(child.pid, 'SIGKILL');
  if (victim === 'ctrl-c') kill(child.pid, 'SIGINT');
  if (victim === 'server') kill(others[Math.floor(pick * others.length)]?.pid, 'SIGKILL');
  if (victim === 'everything') for (const { pid } of processesNaming(folder)) kill(pid, 'SIGKILL');
  await ended;
}

it(`goes on to a proof after each of ${kills} kills at random times, and has lost or done nothing twice`, {
  timeout: kills * 120_000,
}, async () => {
  const next = random(seed);
  process.stdout.write(`kills: ${kills}, seed ${seed} (SEALDECK_SEED repeats it)\n`);
  for (let count = 1; count <= kills; count += 1) {
    const scene = place === undefined ? 'fresh' : (scenes[(count - 1) % scenes.length] ?? 'fresh');
    const victim = victims[Math.floor(next() * victims.length)] ?? 'engine';
    const after = Math.floor(next() * (scene === 'fresh' ? 10_000 : 8_000));
    const told = `kill ${count} of ${kills}, seed ${seed}: ${victim} after ${after} ms of ${scene}`;
    if (scene === 'fresh') await end();
    place ??= await temporaryFolder();
    const dir = join(place.folder, 'lab');
    if (scene === 'again') await sealdeck(['down', '--dir', dir, '--json']);
    if (scene === 'sealed') kill(processesNaming(dir).find(({ args: [program = ''] }) => /bao$/.test(program))?.pid, 'SIGKILL');
    const command = scene === 'proof' ? 'prove' : 'up';
    const options = command === 'up' ? ['--practice', '--build-servers'] : [];
    await cutOff([command, '--dir', dir, ...options], place.folder, after, victim, next());
    const before = await keptOf(dir).catch(() => nothing);
    const resumed = await sealdeck(['up', '--dir', dir, '--practice', '--build-servers', '--json']);
    expect(resumed.lines.at(-1), `${told}\n${resumed.stderr}`).toMatchObject({ proof: 'proven' });
    await expectWhole(dir, before).catch((error: unknown) => {
      throw new Error(`${told}: ${String(error)}`, { cause: error });
    });
    if (long && count % 10 === 0) process.stdout.write(`${count} kills done\n`);
  }
});
