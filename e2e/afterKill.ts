import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { withVault } from '../electron/clients/vault/forStack.ts';
import type { SecretName } from '../electron/jobs/step.ts';
import { createSealedStore } from '../electron/platform/sealedStore.ts';
import { createStackFolder } from '../electron/services/stacks/stackFolder.ts';
import type { Stack } from '../shared/stacks.ts';
import { call } from './cli.ts';
import { processesNaming } from './processes.ts';

/** What of a stack must be there once and stay the same, however often its making was cut off. */
export interface Kept {
  shares: string | undefined;
  lost: number;
}

const quiet = { info: () => undefined, error: () => undefined };

async function openStore(data: string) {
  const store = createSealedStore({ folder: data, log: quiet });
  await store.openIfPossible();
  return (stackId: string, name: SecretName) => store.get(`stack:${stackId}`, name);
}

/** The shares as they lie sealed now, and how many Vaults were given up because their shares never arrived. */
export async function keptOf(dir: string, stackId = 'lab'): Promise<Kept> {
  const secret = await openStore(join(dir, '.sealdeck'));
  const init = secret(stackId, 'vault.init')?.reveal();
  const shares = init === undefined ? undefined : (JSON.parse(init) as { keys_base64: string[] }).keys_base64.join();
  return { shares, lost: names(join(dir, 'vault')).filter((name) => name.startsWith('data.lost-')).length };
}

/** Nothing lost, nothing done twice: asked of the servers, the disk, the process table and the journal. */
export async function expectWhole(dir: string, before: Kept, stackId = 'lab'): Promise<void> {
  const data = join(dir, '.sealdeck');
  const args = ['--data', data];
  const after = await keptOf(dir, stackId);
  // Shares that were sealed once open this Vault for good; only a Vault whose answer never arrived may be given up.
  if (before.shares !== undefined) expect(after).toEqual(before);
  expect(after.shares).toBeDefined();

  const { stacks } = (await call(args, 'stacks.list')) as { stacks: unknown[] };
  expect(stacks).toHaveLength(1);
  expect(await call(args, 'journal.verify')).toMatchObject({ state: 'intact' });
  expect(await call(args, 'kes.keys', { stackId })).toMatchObject({ keys: [{ name: 'minio-default' }] });
  const { objects } = (await call(args, 'objects.list', { stackId, bucket: 'first-bucket' })) as { objects: { key: string }[] };
  expect(objects).toHaveLength(1);

  const servers = processesNaming(dir).filter(({ args: [program = ''] }) => /(?:bao|vault|kes|minio)$/.test(program));
  expect(servers.map(({ args: [program = ''] }) => program.split('/').at(-1)).toSorted()).toHaveLength(3);
  expect(await secretIds(dir, stackId)).toHaveLength(1);

  const once = ['vaultJournalInitialised', 'keyJournalCreated', 'bucketDidMake', 'vaultJournalOperator', 'vaultJournalRootRevoked'];
  const told = readFileSync(join(data, 'journal.jsonl'), 'utf8').trim().split('\n');
  const codes = told
    .map((line) => JSON.parse(line) as { action: { code: string }; outcome: string })
    .filter(({ outcome }) => outcome === 'done');
  for (const code of once) {
    const count = codes.filter(({ action }) => action.code === code).length;
    expect(count, code).toBeLessThanOrEqual(code === 'vaultJournalInitialised' ? 1 + after.lost : 1);
  }
}

/** Accessors of the secret ids that KES's role has. One superseded and left behind would be a key to Vault that nobody minds. */
async function secretIds(dir: string, stackId: string): Promise<string[]> {
  const data = join(dir, '.sealdeck');
  const secret = await openStore(data);
  const stack = JSON.parse(readFileSync(join(data, 'stacks', stackId, 'stack.json'), 'utf8')) as Stack;
  const secrets = {
    get: (name: SecretName) => secret(stackId, name),
    has: (name: SecretName) => secret(stackId, name) !== undefined,
    set: async () => undefined,
    delete: async () => undefined,
    requireDurable: () => undefined,
  };
  const { mount, role } = stack.keyStores[0]?.appRole ?? { mount: '', role: '' };
  return withVault({ stack, folder: createStackFolder(dir), secrets }, (vault) => vault.secretIdAccessors(mount, role));
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
