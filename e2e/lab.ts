import { join } from 'node:path';
import { createLog } from '../electron/platform/log.ts';
import { createSealedStore } from '../electron/platform/sealedStore.ts';
import { sealdeck } from './cli.ts';
import { test as base, type Place } from './host.ts';

interface Lab {
  dir: string;
  data: string;
  stackId: string;
}

/** Another program may take a proposed port before its server starts: then once more, in a folder and with ports of its own. */
async function makeLab(place: Place, attempt = 1): Promise<string> {
  const dir = join(place.folder, `lab-${attempt}`);
  const made = await sealdeck(['up', '--dir', dir, '--practice', '--build-servers', '--json'], { env: place.env });
  if (made.code === 0) return dir;
  await sealdeck(['down', '--dir', dir], { env: place.env });
  if (attempt < 4 && made.stderr.includes('portInUse')) return makeLab(place, attempt + 1);
  throw new Error(`sealdeck up ended with ${made.code}: ${made.stderr}`);
}

/** The window of a lab that is set up already: servers run, the first proof is there. */
export const test = base.extend<{ lab: Lab }>({
  place: async ({ place }, use) => {
    const dir = await makeLab(place);
    await use({ ...place, data: join(dir, '.sealdeck') });
    await sealdeck(['down', '--dir', dir], { env: place.env });
  },
  lab: async ({ place }, use) => {
    const listed = await sealdeck(['call', 'stacks.list', '-', '--data', place.data, '--json'], { input: '{}', env: place.env });
    const { stacks } = JSON.parse(listed.stdout) as { stacks: { id: string; folder: string }[] };
    const [stack] = stacks;
    if (stack === undefined) throw new Error('sealdeck up left no stack');
    await use({ dir: stack.folder, data: place.data, stackId: stack.id });
  },
});

/** The unseal shares of a practice lab, read as its owner could, by opening the store beside it. */
export async function sharesOf({ data, stackId }: Lab): Promise<string[]> {
  const store = createSealedStore({ folder: data, log: createLog(join(data, 'test.log')) });
  await store.openIfPossible();
  const init = store.get(`stack:${stackId}`, 'vault.init') ?? store.get(stackId, 'vault.init');
  return (JSON.parse(init?.reveal() ?? '{"keys_base64":[]}') as { keys_base64: string[] }).keys_base64;
}
