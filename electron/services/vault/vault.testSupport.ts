import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureServers } from '../../../servers/get.ts';
import type { Secret } from '../../../shared/secret.ts';
import { type PlaceInput, placeInput, type StepInputs, serversInput } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import type { Text } from '../../../shared/text.ts';
import { vaultInput } from '../../../shared/vault.ts';
import { makeTestIdentity } from '../../clients/kes/kes.testSupport.ts';
import { vaultFor } from '../../clients/vault/forStack.ts';
import type { SecretName, StackSecrets, StepContext } from '../../jobs/step.ts';
import { freePort } from '../../platform/ports.ts';
import { createRecords } from '../lab/records.ts';
import { createStackServers, createTurns } from '../lab/stackServers.ts';
import { stackOf } from '../setup/placeDocument.ts';
import { createStackFolder } from '../stacks/stackFolder.ts';
import { createVault, type VaultDeps } from './handlers.ts';

export interface VaultCase {
  product: 'openbao' | 'vault';
  kvVersion: 1 | 2;
  storage?: 'raft' | 'file' | 'inmem';
  /** Name of the stack's folder below the temporary one. */
  folderName?: string;
  /** Where its servers are, when not all here. */
  servers?: Partial<PlaceInput['servers']>;
}

async function binaryOf(product: 'openbao' | 'vault'): Promise<string> {
  return process.env[`SEALDECK_TEST_${product.toUpperCase()}`] ?? (await ensureServers([product]))[product];
}

/** For tests: an empty stack on a temporary folder with real certificates and real, detached servers. Nothing is started. */
export async function makeVaultStack({ product, kvVersion, storage = 'raft', folderName = 'stack', servers: ways = {} }: VaultCase) {
  const binary = await binaryOf(product);
  const root = await mkdtemp(join(tmpdir(), 'sealdeck-vault-'));
  const folder = createStackFolder(join(root, folderName));
  const [vault, vaultCluster, kes, minio, minioConsole] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const ports = { vault, vaultCluster, kes, minio, minioConsole };
  const place = placeInput.parse({
    name: 'test',
    folder: folder.path('x').slice(0, -2),
    hosts: ['127.0.0.1'],
    ports,
    product,
    storage,
    kvVersion,
    servers: ways,
  });
  const server = await makeTestIdentity('server');
  await folder.write('certs/ca.crt', server.cert, 0o644);
  await folder.write('certs/vault.crt', server.cert, 0o644);
  await folder.write('certs/vault.key', server.key.reveal(), 0o600);

  let stack: Stack = stackOf('test', place, new Date().toISOString());
  const kept = new Map<SecretName, Secret>();
  const failing = new Set<SecretName>();
  const secrets: StackSecrets = {
    get: (name) => kept.get(name),
    async set(name, value) {
      if (failing.has(name)) throw new Error('no space left');
      kept.set(name, value);
    },
    delete: async (name) => void kept.delete(name),
    has: (name) => kept.has(name),
    requireDurable: () => undefined,
  };
  const journal: Text[] = [];
  const servers = createStackServers({
    folder,
    records: createRecords(root, 'test'),
    turns: createTurns(),
    stack: async () => stack,
    binary: async () => binary,
    changed: () => undefined,
  });
  const context: StepContext = {
    get stack() {
      return stack;
    },
    update: async (change) => {
      stack = change(stack);
    },
    inputs: { place, servers: serversInput.parse({}), vault: vaultInput.parse({}) } as unknown as StepInputs,
    secrets,
    folder,
    servers,
    journal: async (action) => void journal.push(action),
    report: () => undefined,
    signal: new AbortController().signal,
  };
  const published: string[] = [];
  const deps: VaultDeps = {
    open: async () => context,
    publish: (name) => void published.push(name),
    jobs: undefined as never,
    log: { info: () => undefined, error: () => undefined },
  };
  return {
    context,
    kept,
    failing,
    journal,
    published,
    binary,
    ports,
    domain: createVault(deps),
    deps,
    /** A client without a token, or with one. */
    client: (token?: Secret) => vaultFor(context, token),
    init: () =>
      JSON.parse(kept.get('vault.init')?.reveal() ?? '{}') as { keys_base64: string[]; root_token?: string; root_accessor?: string },
    async stop() {
      await servers.stop('vault').catch(() => undefined);
      await rm(root, { recursive: true, force: true });
    },
  };
}
export type VaultStack = Awaited<ReturnType<typeof makeVaultStack>>;
