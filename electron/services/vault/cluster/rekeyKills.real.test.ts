import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../../shared/secret.ts';
import { rekeyBase } from '../../../clients/vault/ceremonies.ts';
import { createSealedStore } from '../../../platform/sealedStore.ts';
import type { VaultStack } from '../vault.testSupport.ts';
import { initialise, makeServers, raftNode, type TestNode, type TestServers } from './cluster.testSupport.ts';
import { startKillingProxy } from './killingProxy.testSupport.ts';
import { openRekeyEngine, recover, type WriteEnd } from './rekeyEngine.testSupport.ts';

const child = join(import.meta.dirname, 'rekeyChild.testSupport.ts');
const log = { info: () => undefined, error: () => undefined };

describe.each(['openbao', 'vault'] as const)('the engine killed at any moment of a renewal, on %s', (product) => {
  let servers: TestServers;
  let node: TestNode;
  let stack: VaultStack;
  let proxy: Awaited<ReturnType<typeof startKillingProxy>>;
  let folder: string;
  let old: { keys: string[]; root: string };
  beforeAll(async () => {
    servers = await makeServers(product);
    node = await raftNode(servers, 'vault-1');
    await node.start();
    stack = await servers.stack(node);
    old = await initialise(servers, stack, node);
    proxy = await startKillingProxy({ cert: servers.cert, key: servers.key.reveal(), port: node.port });
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-rekey-'));
    await mkdir(join(folder, 'connect'));
    await writeFile(join(folder, 'connect/vault-ca.pem'), servers.cert);
    const document = structuredClone(stack.context.stack);
    for (const store of document.keyStores) for (const each of store.nodes) each.url = proxy.url;
    await writeFile(join(folder, 'stack.json'), JSON.stringify(document));
    const store = createSealedStore({ folder, log });
    await store.create('practice');
    await store.set(
      's',
      'vault.init',
      new Secret(JSON.stringify({ keys_base64: old.keys, root_token: old.root, shares: 3, threshold: 2 })),
    );
  });
  afterAll(async () => {
    await proxy?.stop();
    await stack?.stop();
    await servers?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Renews in a process of its own that is killed there, then lets the next engine find out. */
  async function round(end: { request?: { at: number; when: 'before' | 'after' }; write?: WriteEnd }) {
    const engine = spawn(process.execPath, [child, folder, ...(end.write ? [JSON.stringify(end.write)] : [])], { stdio: 'ignore' });
    proxy.arm(end.request?.at ?? 0, end.request?.when ?? 'before', () => engine.kill('SIGKILL'));
    const [code, signal] = (await once(engine, 'exit')) as [number | null, string | null];
    const requests = proxy.seen().length;
    proxy.arm(0, 'before', () => undefined);
    const next = await openRekeyEngine(folder);
    const phase = await recover(next);
    const kept = JSON.parse(next.store.get('s', 'vault.init')?.reveal() ?? '{}') as { keys_base64: string[]; threshold: number };
    expect(next.store.has('s', 'vault.rekey')).toBe(false);
    return { code, signal, phase, requests, kept };
  }

  /** A renewal that is never verified begins only with shares that count, and changes nothing. */
  async function count(keys: readonly string[]): Promise<boolean> {
    const client = servers.client(node, old.root);
    const base = rekeyBase[product === 'vault' ? 'rekey' : 'rotate'].unseal;
    const { nonce } = await client.rekeyBegin(base, 1, 1);
    try {
      let complete: boolean | undefined;
      for (const key of keys) complete = (await client.rekeyGive(base, new Secret(key), nonce))?.complete;
      return complete === true;
    } finally {
      await client.rekeyCancel(base, nonce);
      await client.close();
    }
  }

  const points = [
    ...(product === 'vault' ? [3, 5] : [1, 2, 3, 4, 5]).map((at) => ({
      name: `after Vault answered request ${at}`,
      end: { request: { at, when: 'after' as const } },
    })),
    ...(product === 'vault'
      ? []
      : [
          ...[1, 2, 3, 4, 5].flatMap((at) =>
            (['before', 'after'] as const).map((when) => ({ name: `${when} write ${at} of the store`, end: { write: { at, when } } })),
          ),
        ]),
  ];
  it.each(points)('$name: the shares that are kept are those that count', async ({ end }) => {
    const { signal, phase, kept } = await round(end);
    expect(signal).toBe('SIGKILL');
    expect(phase).not.toBe('foreign');
    expect(await count(kept.keys_base64.slice(0, kept.threshold))).toBe(true);
  });

  it('renews in peace with five requests and five writes, and ends what was before', async () => {
    const before = (await openRekeyEngine(folder)).store.get('s', 'vault.init')?.reveal() ?? '';
    const { keys_base64, threshold } = JSON.parse(before) as { keys_base64: string[]; threshold: number };
    const { code, requests, kept } = await round({ write: { at: 6, when: 'before' } });
    expect({ code, requests }).toEqual({ code: 0, requests: 3 + threshold });
    expect(await count(kept.keys_base64.slice(0, kept.threshold))).toBe(true);
    expect(await count(keys_base64.slice(0, threshold))).toBe(false);
  });
});
