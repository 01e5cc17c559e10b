import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createLog } from '../electron/platform/log.ts';
import { createSealedStore } from '../electron/platform/sealedStore.ts';
import { call, sealdeck } from './cli.ts';
import { test as base, type Place } from './host.ts';

interface Lab {
  dir: string;
  data: string;
  stackId: string;
}

/**
 * A lab on ports that the system gives out. The usual ones would do, but tests stop and start servers, and another
 * program on this machine may take a usual port meanwhile.
 */
async function makeLab(place: Place): Promise<string> {
  const dir = join(place.folder, 'lab');
  const data = ['--data', join(dir, '.sealdeck')];
  await call(data, 'store.create', { mode: 'practice' }, place.env);
  const proposed = (await call(data, 'setup.propose', {}, place.env)) as { place: Record<string, unknown> };
  const ports = await freePorts(['vault', 'vaultCluster', 'kes', 'minio', 'minioConsole']);
  await call(data, 'setup.create', { place: { ...proposed.place, name: 'local-lab', folder: dir, ports }, mode: 'express' }, place.env);
  const made = await sealdeck(['up', '--dir', dir, '--practice', '--build-servers', '--json'], { env: place.env });
  if (made.code !== 0) throw new Error(`sealdeck up ended with ${made.code}: ${made.stderr}`);
  return dir;
}

/** Ports that the system gives out now, one for each name. */
export async function freePorts(names: readonly string[]): Promise<Record<string, number>> {
  const servers = names.map(() => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return Object.fromEntries(names.map((name, at) => [name, ports[at] ?? 0]));
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
