import { AppError } from '../../shared/rpc/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { createKeychain } from './keychain.ts';
import { createLog } from './log.ts';
import { createSealedStore } from './sealedStore.ts';

// A small engine for tests that need a process of their own. Commands are arguments; each answers with one JSON line.
const [folder = '', ...commands] = process.argv.slice(2);
const keychain = createKeychain({ promptMs: 3_000, probeMs: 1_000 });
const store = createSealedStore({ folder, log: createLog(`${folder}/engine.log`), keychain });

async function answer(command: string): Promise<unknown> {
  const [verb = '', name = '', value = ''] = command.split('=');
  if (verb === 'create') return store.create(name as 'keychain');
  if (verb === 'open') return store.openIfPossible();
  if (verb === 'unlock') return store.unlock();
  if (verb === 'status') return store.refresh();
  if (verb === 'get') return store.get('test', name)?.reveal() ?? null;
  if (verb === 'set') return store.set('test', name, new Secret(value));
  if (verb === 'writeForever') return writeForever();
  throw new Error(`unknown command ${verb}`);
}

/** Writes a growing number and says each one that is safely stored, until it is killed. */
async function writeForever(): Promise<never> {
  const ballast = 'x'.repeat(200_000);
  for (let n = Number(store.get('test', 'n')?.reveal() ?? 0) + 1; ; n++) {
    await store.set('test', 'ballast', new Secret(`${n}${ballast}`));
    await store.set('test', 'n', new Secret(String(n)));
    process.stdout.write(`${n}\n`);
  }
}

for (const command of commands) {
  try {
    process.stdout.write(`${JSON.stringify((await answer(command)) ?? null)}\n`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stdout.write(`${JSON.stringify({ code: error.code, details: error.details })}\n`);
  }
}
// As the engine ends: when all is said, whatever question is still open.
process.stdout.write('', () => process.exit(0));
