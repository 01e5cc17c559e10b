import { join } from 'node:path';
import { sealdeck, temporaryFolder } from './cli.ts';
import { openPracticeLab, type SeenLab } from './foreignTools.ts';
import { processesNaming } from './processes.ts';

export interface OwnLab {
  /** Everything of the test, the lab too. */
  readonly folder: string;
  readonly dir: string;
  readonly lab: SeenLab;
  end(): Promise<void>;
}

/** A practice lab of the test's own, up by the command line, with its data folder inside. */
export async function startOwnLab(): Promise<OwnLab> {
  const place = await temporaryFolder();
  const dir = join(place.folder, 'lab');
  async function end(): Promise<void> {
    await sealdeck(['down', '--dir', dir, '--json']);
    for (const { pid } of processesNaming(place.folder)) process.kill(pid, 'SIGKILL');
    await place.remove();
  }
  try {
    const up = await sealdeck(['up', '--dir', dir, '--practice', '--build-servers', '--json']);
    if (up.code !== 0) throw new Error(`sealdeck up ended with ${up.code}: ${up.stderr}`);
    return { folder: place.folder, dir, lab: await openPracticeLab(dir, join(dir, '.sealdeck'), 'lab'), end };
  } catch (error) {
    await end();
    throw error;
  }
}
