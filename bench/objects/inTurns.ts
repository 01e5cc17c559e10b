import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One that is measured. `before` and `after` are not in its time. */
export interface Contestant {
  name: string;
  before?(): Promise<void>;
  /** Returns its seconds. */
  work(): Promise<number>;
  after?(): Promise<void>;
}

/** All of them in each round, another one first each time, with what they wrote on disk before the next begins. Seconds by name. */
export async function inTurns(
  contestants: readonly Contestant[],
  rounds: number,
  note: (line: string) => void,
): Promise<Record<string, number[]>> {
  const seconds: Record<string, number[]> = Object.fromEntries(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const one = contestants[(round + turn) % contestants.length];
      if (!one) continue;
      const took = await timed(one);
      seconds[one.name]?.push(took);
      note(`  round ${round + 1} of ${rounds}: ${one.name} ${took.toFixed(2)} s`);
    }
  }
  return seconds;
}

async function timed({ before, work, after }: Contestant): Promise<number> {
  await before?.();
  await settle();
  try {
    return await work();
  } finally {
    await after?.();
  }
}

/** Waits until the disk has everything: else the next one would pay for it. */
async function settle(): Promise<void> {
  if (process.platform !== 'win32') await run('sync');
  await pause(500);
}

/** The fastest of several settings, each tried once; the only one as it is. */
export async function fastest<S>(settings: readonly S[], work: (setting: S) => Promise<number>): Promise<S> {
  const [only] = settings;
  if (only !== undefined && settings.length === 1) return only;
  let best: { setting: S; seconds: number } | undefined;
  for (const setting of settings) {
    await settle();
    const seconds = await work(setting);
    if (best === undefined || seconds < best.seconds) best = { setting, seconds };
  }
  if (!best) throw new Error('no settings were given');
  return best.setting;
}
