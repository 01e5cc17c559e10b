import { readdir, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unsealInput, vaultInput } from '../../../shared/vault.ts';
import { startCuttingProxy } from './cuttingProxy.testSupport.ts';
import { createUnsealStep } from './unsealStep.ts';
import { makeVaultStack, type VaultStack } from './vault.testSupport.ts';
import { createVaultStep } from './vaultStep.ts';

const everything = 100_000;
const input = unsealInput.parse({ shares: 3, threshold: 2 });
const long = process.env.SEALDECK_LONG === '1';

describe.each(['openbao', 'vault'] as const)('the answer of %s to init', (product) => {
  let stack: VaultStack;
  let length = 0;
  const vaultStep = createVaultStep({});
  const unsealStep = createUnsealStep();
  beforeAll(async () => {
    stack = await makeVaultStack({ product, kvVersion: 2 });
  });
  afterAll(async () => stack?.stop());

  const lost = async () => (await readdir(stack.context.folder.path('vault'))).filter((name) => name.startsWith('data.lost-')).length;

  /** An empty Vault, initialised through a network that breaks after so many bytes. The step's error, or `done`. */
  async function cutAfter(bytes: number): Promise<string> {
    await stack.context.servers.stop('vault');
    await rm(stack.context.folder.path('vault/data'), { recursive: true, force: true });
    stack.kept.delete('vault.init');
    await vaultStep.apply(stack.context, vaultInput.parse({}));
    const read = async (path: string) => (await stack.context.folder.read(path)) ?? '';
    const files = { cert: await read('certs/vault.crt'), key: await read('certs/vault.key') };
    const proxy = await startCuttingProxy({ ...files, port: stack.ports.vault, bytes });
    await dial(proxy.url);
    try {
      return await unsealStep.apply(stack.context, input).then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
    } finally {
      if (bytes === everything) length = proxy.length();
      await dial(`https://127.0.0.1:${stack.ports.vault}`);
      await proxy.stop();
    }
  }
  const dial = (url: string) =>
    stack.context.update((document) => ({
      ...document,
      keyStores: document.keyStores.map((store) => ({ ...store, nodes: store.nodes.map((node) => ({ ...node, url })) })),
    }));
  const status = async () => {
    const client = await stack.client();
    return client.sealStatus().finally(() => client.close());
  };

  it('that arrives whole is kept, and nothing is given up', async () => {
    expect(await cutAfter(everything)).toBe('done');
    expect(length).toBeGreaterThan(300);
    expect(await lost()).toBe(0);
    expect(await status()).toMatchObject({ sealed: false });
  });

  it('that is cut on its way is said to be lost, and the next run starts this empty Vault anew', { timeout: 4_000_000 }, async () => {
    const few = product === 'openbao' ? [0, 60, length - 1] : [0, length - 1];
    // Long: SEALDECK_LONG=1 npm test -- services.
    const many = Array.from({ length: Math.ceil(length / 16) }, (_, at) => at * 16);
    for (const bytes of long ? [...many, length - 1] : few) {
      const before = await lost();
      expect(await cutAfter(bytes), `${bytes} of ${length} bytes`).toBe('vaultInitBroken');
      expect(await status()).toMatchObject({ initialized: true, sealed: true, progress: 0 });
      expect(stack.kept.has('vault.init')).toBe(false);
      await unsealStep.apply(stack.context, input);
      expect(await status(), `${bytes} of ${length} bytes`).toMatchObject({ initialized: true, sealed: false, n: 3, t: 2 });
      expect(await lost()).toBe(before + 1);
      expect(await stack.context.folder.read('vault/init.intent')).toBeUndefined();
    }
  });
});
