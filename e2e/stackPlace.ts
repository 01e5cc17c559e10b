import { join } from 'node:path';
import { sealdeck, temporaryFolder } from './cli.ts';
import { processesNaming } from './processes.ts';

export interface StackPlace {
  /** Temporary, with all below it. */
  folder: string;
  /** The stack's own. */
  dir: string;
  /** Its data folder. */
  data: string;
  /** Takes the stack down, ends what still runs there, and removes all. */
  clear(): Promise<void>;
}

/** A place for one stack of a test. Nothing is made in it yet. */
export async function stackPlace(): Promise<StackPlace> {
  const { folder, remove } = await temporaryFolder();
  const dir = join(folder, 'lab');
  return {
    folder,
    dir,
    data: join(dir, '.sealdeck'),
    async clear() {
      await sealdeck(['down', '--dir', dir, '--json']);
      for (const { pid } of processesNaming(folder)) process.kill(pid, 'SIGKILL');
      await remove();
    },
  };
}
