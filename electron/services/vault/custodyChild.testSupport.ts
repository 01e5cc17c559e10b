import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import { decrypt, generateKey, readMessage } from 'openpgp';
import { Secret } from '../../../shared/secret.ts';
import { placeInput } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { createSealedStore } from '../../platform/sealedStore.ts';
import { stackOf } from '../setup/placeDocument.ts';
import { createCustody } from './custody.ts';

/**
 * For a test of what stays in memory: a process that keeps two shares, hands them out, destroys its copy, and writes its
 * heap beside `shares.json`. The store, the custody and the document stay alive, as in an engine.
 */
const folder = process.argv[2] ?? '';
const log = { info: () => undefined, error: () => undefined };
const call = { signal: new AbortController().signal, host: 'cli' } as const;
const ports = { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 };
let stack: Stack = stackOf(
  'test',
  placeInput.parse({ name: 'test', folder: '/nowhere', hosts: ['127.0.0.1'], ports, product: 'openbao' }),
  new Date().toISOString(),
);
const store = createSealedStore({ folder, log });
await store.create('practice');

async function keepShares(): Promise<void> {
  const keys = [randomBytes(33), randomBytes(33)].map((bytes) => bytes.toString('base64'));
  writeFileSync(join(folder, 'shares.json'), JSON.stringify(keys));
  await store.set('s', 'vault.init', new Secret(JSON.stringify({ keys_base64: keys, shares: 2, threshold: 2 })));
  // Must be found in the heap: else the search would find nothing anyhow.
  await store.set('s', 'control', new Secret(`control-${keys.map((key) => key.slice(0, 8)).join('-')}`));
}

const access = {
  get stack() {
    return stack;
  },
  async update(change: (before: Stack) => Stack) {
    stack = change(stack);
  },
  secrets: {
    get: (name: string) => store.get('s', name),
    set: (name: string, value: Secret) => store.set('s', name, value),
  },
  journal: async () => undefined,
} as unknown as StackAccess;
const deps = { open: async () => access, publish: () => undefined, jobs: undefined as never, log };
const custody = createCustody(deps);

async function ceremony(): Promise<void> {
  const pair = await generateKey({ type: 'ecc', userIDs: [{ name: 'Ann' }], format: 'object' });
  for (const name of ['Ann', 'Bob']) {
    const planned = { kind: 'pgp', name, key: pair.publicKey.armor() } as const;
    const { custodian, content } = await custody['vault.handOut']({ stackId: 'test', planned }, call);
    const { data } = await decrypt({ message: await readMessage({ armoredMessage: content }), decryptionKeys: pair.privateKey });
    const code = /^Confirmation code: +(\S+)$/m.exec(String(data))?.[1] ?? '';
    await custody['vault.confirmHandOut']({ stackId: 'test', custodian, content, code }, call);
  }
  await custody['vault.destroyShares']({ stackId: 'test' }, call);
}

await keepShares();
if (process.argv[3] !== 'kept') await ceremony();
// The engine's next call: a regular expression remembers the last text it was tried on.
/nothing/.test('something else');
writeHeapSnapshot(join(folder, 'heap.heapsnapshot'));
process.stdout.write(JSON.stringify(await custody['vault.custody']({ stackId: 'test' }, call)));
