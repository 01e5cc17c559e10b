import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../../shared/secret.ts';
import { rekeyInput } from '../../../../shared/vaultCluster.ts';
import { waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { type FileFacts, sealForPassphrase } from '../custodyFile.ts';
import type { VaultStack } from '../vault.testSupport.ts';
import { call, clusterOn, id, initialise, makeServers, raftNode, type TestNode, type TestServers } from './cluster.testSupport.ts';

describe('shares that are not of this Vault', () => {
  let servers: TestServers;
  let node: TestNode;
  let alien: TestNode;
  let stack: VaultStack;
  let other: VaultStack;
  let made: { keys: string[]; root: string };
  let theirs: { keys: string[]; root: string };
  const passphrase = new Secret('nine quiet maples bending');
  const give = (to: TestNode, key: string | undefined) =>
    stack.domain.handlers['vault.unseal']({ ...id, node: to.name, share: new Secret(key ?? '') }, call);
  const giveFile = (content: string) => stack.domain.handlers['vault.unsealFile']({ ...id, node: 'vault-1', content, passphrase }, call);

  beforeAll(async () => {
    servers = await makeServers('openbao');
    node = await raftNode(servers, 'vault-1');
    alien = await raftNode(servers, 'vault-2');
    await Promise.all([node.start(), alien.start()]);
    stack = await servers.stack(node, alien);
    other = await servers.stack(alien);
    made = await initialise(servers, stack, node);
    theirs = await initialise(servers, other, alien);
    for (const [each, root] of [
      [node, made.root],
      [alien, theirs.root],
    ] as const) {
      const client = servers.client(each, root);
      await client.seal();
      await client.close();
    }
  });
  afterAll(async () => {
    await stack?.stop();
    await other?.stop();
    await servers?.stop();
  });

  it('fail at the threshold, and nobody is blamed', async () => {
    expect((await give(node, theirs.keys[0])).node.progress).toBe(1);
    await expect(give(node, theirs.keys[1])).rejects.toMatchObject({ code: 'vaultSharesWrong', details: { threshold: 2 } });
    expect((await stack.domain.handlers['vault.status'](id, call)).nodes[0]?.progress).toBe(0);
    // The right ones open it afterwards.
    for (const key of made.keys.slice(0, 2)) await give(node, key);
    await waitUntil(async () => (await stack.domain.handlers['vault.status'](id, call)).nodes[0]?.state === 'active');
  });

  it('are not the fault of the shares where those very shares opened another node', async () => {
    await give(alien, made.keys[0]);
    await expect(give(alien, made.keys[1])).rejects.toMatchObject({
      code: 'vaultNodeOfOther',
      details: { node: 'vault-2', other: 'vault-1' },
    });
    // Open, it says so itself, and cannot join.
    for (const key of theirs.keys.slice(0, 2)) await give(alien, key);
    await waitUntil(async () => (await stack.domain.handlers['vault.status'](id, call)).nodes[1]?.state === 'active');
    const { findings } = await clusterOn(stack)['vault.cluster'](id, call);
    expect(findings.map(({ text }) => text.code)).toContain('vaultClusterTwo');
    expect((await clusterOn(stack)['vault.joinPlan']({ ...id, node: 'vault-2', voter: true }, call)).no?.code).toBe('vaultJoinOwnCluster');
  });

  it('are known by their file before anything is sent, also when they were renewed since', async () => {
    const facts: FileFacts = {
      stack: 'payments',
      stackId: 'payments',
      url: 'https://vault.payments.example:8200',
      program: 'bao',
      custodian: 'Ann',
      custodianId: 'c-1',
      share: 1,
      shares: 3,
      threshold: 2,
      at: new Date(Date.now() - 60_000).toISOString(),
    };
    const share = new Secret(randomBytes(33).toString('base64'));
    const strange = await sealForPassphrase(facts, share, passphrase);
    const mine = await sealForPassphrase({ ...facts, url: node.url }, new Secret(made.keys[0] ?? ''), passphrase);
    const on = clusterOn(stack);
    // While alien is off the list, so that the leader is the node with these shares.
    await on['vault.forgetNode']({ ...id, node: 'vault-2' }, call);
    const custodians = ['Ann', 'Bob'].map((name) => ({ kind: 'passphrase' as const, name }));
    await on['vault.rekeyBegin'](rekeyInput.parse({ ...id, shares: 2, threshold: 2, custodians }), call);
    await expect(on['vault.rekeyShareFile']({ ...id, content: mine, passphrase }, call)).resolves.toMatchObject({ view: { progress: 1 } });
    await on['vault.rekeyKept'](id, call);
    await on['vault.rekeyVerify'](id, call);
    await expect(giveFile(strange)).rejects.toMatchObject({ code: 'vaultShareOfOther', details: { stack: 'payments' } });
    await expect(giveFile(mine)).rejects.toMatchObject({ code: 'vaultShareOld' });
  });
});
