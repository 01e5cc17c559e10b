import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../../shared/secret.ts';
import { unsealInput } from '../../../../shared/vault.ts';
import { rekeyInput } from '../../../../shared/vaultCluster.ts';
import { waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { createUnsealStep } from '../unsealStep.ts';
import type { VaultStack } from '../vault.testSupport.ts';
import { call, clusterOn, id, initialise, makeServers, raftNode, type TestNode, type TestServers } from './cluster.testSupport.ts';

describe.each(['openbao', 'vault'] as const)('%s that another Vault opens (transit)', (product) => {
  let servers: TestServers;
  let sealer: TestNode;
  let node: TestNode;
  let stack: VaultStack;
  let sealerStack: VaultStack;
  const step = createUnsealStep();
  const input = unsealInput.parse({ shares: 3, threshold: 2, initialiseElsewhere: true });
  const on = () => clusterOn(stack);

  beforeAll(async () => {
    servers = await makeServers(product);
    sealer = await raftNode(servers, 'sealer');
    await sealer.start();
    sealerStack = await servers.stack(sealer);
    const { root } = await initialise(servers, sealerStack, sealer, 1, 1);
    const client = servers.client(sealer, root);
    await client.enableEngine('transit', 'transit');
    await client.attempt('POST', 'transit/keys/autounseal', { body: {} });
    await client.close();
    const seal = { address: sealer.url, mount: 'transit', keyName: 'autounseal', ca: `${servers.root}/server.crt` };
    node = await raftNode(servers, 'vault-1', { seal }, { VAULT_TOKEN: root });
    await node.start();
    stack = await servers.stack(node);
  });
  afterAll(async () => {
    await stack?.stop();
    await sealerStack?.stop();
    await servers?.stop();
  });

  it('is initialised with recovery keys, which are kept as such', async () => {
    await step.apply(stack.context, input);
    const init = stack.init() as { keys_base64: string[]; recovery?: boolean };
    expect(init).toMatchObject({ recovery: true, keys_base64: [expect.any(String), expect.any(String), expect.any(String)] });
    expect(stack.journal.map(({ code }) => code)).toContain('vaultJournalInitialisedAuto');
    expect((await on()['vault.cluster'](id, call)).nodes[0]).toMatchObject({ state: 'active', recovery: true, shares: 3, threshold: 2 });
  });

  it('opens by itself after a restart, without any key', async () => {
    await node.stop();
    await node.start();
    await waitUntil(async () => (await on()['vault.cluster'](id, call)).nodes[0]?.state === 'active');
    await expect(stack.domain.handlers['vault.unsealKept']({ ...id, node: 'vault-1' }, call)).resolves.toMatchObject({
      node: { state: 'active' },
    });
  });

  it('hands out recovery keys that say what they are for', async () => {
    const handed = await stack.domain.handlers['vault.handOut'](
      { ...id, planned: { kind: 'passphrase', name: 'Ann' }, passphrase: new Secret('nine quiet maples bending') },
      call,
    );
    expect(handed.recipe).toContain('Recovery key 1 of 3');
    expect(handed.recipe).toContain('operator generate-root');
    expect(handed.recipe).not.toContain('operator unseal');
  });

  it('renews its recovery keys, verified, and makes a root token with the new ones', async () => {
    const old = stack.init().keys_base64;
    expect(await on()['vault.rekey'](id, call)).toMatchObject({ kind: 'recovery', required: 2 });
    await on()['vault.rekeyBegin'](rekeyInput.parse({ ...id, shares: 2, threshold: 2 }), call);
    expect(await on()['vault.rekeyKept'](id, call)).toMatchObject({ phase: 'sealed' });
    expect(await on()['vault.rekeyVerify'](id, call)).toMatchObject({ phase: 'none', kept: 2 });
    expect(stack.init()).toMatchObject({ recovery: true });
    expect(stack.init().keys_base64).not.toEqual(old.slice(0, 2));
    await on()['vault.rootBegin'](id, call);
    expect(await on()['vault.rootKept'](id, call)).toMatchObject({ phase: 'made' });
  });
});
