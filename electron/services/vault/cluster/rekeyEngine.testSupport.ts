import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from '../../../../shared/stacks.ts';
import { rekeyInput } from '../../../../shared/vaultCluster.ts';
import type { DomainDeps, SecretName, StackAccess } from '../../../jobs/step.ts';
import { createSealedStore } from '../../../platform/sealedStore.ts';
import { createVaultCluster } from './handlers.ts';

const log = { info: () => undefined, error: () => undefined };
const call = { signal: new AbortController().signal, host: 'cli' } as const;
const id = { stackId: 'test' } as const;

/** Where an engine ends: before or after its nth write to the sealed store. */
export interface WriteEnd {
  at: number;
  when: 'before' | 'after';
}

/**
 * For a test of what a kill leaves: an engine's part for renewing shares, on a real sealed store and a document in
 * `folder`. With `end` the process kills itself there.
 */
export async function openRekeyEngine(folder: string, end?: WriteEnd) {
  const store = createSealedStore({ folder, log });
  await store.openIfPossible();
  const document = join(folder, 'stack.json');
  const read = (): Stack => JSON.parse(readFileSync(document, 'utf8')) as Stack;
  let writes = 0;
  async function counted(write: () => Promise<void>): Promise<void> {
    writes += 1;
    if (end?.at === writes && end.when === 'before') process.kill(process.pid, 'SIGKILL');
    await write();
    if (end?.at === writes && end.when === 'after') process.kill(process.pid, 'SIGKILL');
  }
  const access = {
    get stack() {
      return read();
    },
    update: async (change: (before: Stack) => Stack) => writeFileSync(document, JSON.stringify(change(read()))),
    secrets: {
      get: (name: SecretName) => store.get('s', name),
      has: (name: SecretName) => store.has('s', name),
      set: (name: SecretName, value: Parameters<typeof store.set>[2]) => counted(() => store.set('s', name, value)),
      delete: (name: SecretName) => counted(() => store.delete('s', name)),
      requireDurable: (what: string) => store.requireDurable(what),
    },
    folder: { path: (name: string) => join(folder, name), read: async (name: string) => readFileSync(join(folder, name), 'utf8') },
    journal: async () => undefined,
  } as unknown as StackAccess;
  const deps: DomainDeps = { open: async () => access, publish: () => undefined, jobs: undefined as never, log };
  return { access, store, handlers: createVaultCluster(deps).handlers };
}

/** From nothing to verified, as a person would click it, with the kept shares. */
export async function renew({ handlers }: Awaited<ReturnType<typeof openRekeyEngine>>): Promise<void> {
  const custodians = ['Ann', 'Bob'].map((name) => ({ kind: 'passphrase' as const, name }));
  await handlers['vault.rekeyBegin'](rekeyInput.parse({ ...id, shares: 2, threshold: 2, custodians }), call);
  await handlers['vault.rekeyKept'](id, call);
  await handlers['vault.rekeyVerify'](id, call);
}

/** What the next engine does, by what it finds: nothing is finished that can't be, nothing is dropped that may count. */
export async function recover({ handlers }: Awaited<ReturnType<typeof openRekeyEngine>>): Promise<string> {
  const { phase } = await handlers['vault.rekey'](id, call);
  if (phase === 'sealed' || phase === 'unsure') await handlers['vault.rekeyVerify'](id, call);
  else if (phase !== 'none') await handlers['vault.rekeyCancel'](id, call);
  return phase;
}
