import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../../shared/secret.ts';
import { waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { forgetLogin, vaultFor } from '../../../clients/vault/forStack.ts';
import type { VaultStack } from '../vault.testSupport.ts';
import { call, clusterOn, id, initialise, makeServers, raftNode, type TestNode, type TestServers } from './cluster.testSupport.ts';

describe.each(['openbao', 'vault'] as const)('three nodes of %s with raft', (product) => {
  let servers: TestServers;
  let nodes: TestNode[];
  let stack: VaultStack;
  let made: { keys: string[]; root: string };
  const on = () => clusterOn(stack);
  const node = (at: number): TestNode => nodes[at] as TestNode;
  const look = () => on()['vault.cluster'](id, call);
  const give = (to: TestNode, key: string | undefined) =>
    stack.domain.handlers['vault.unseal']({ ...id, node: to.name, share: new Secret(key ?? '') }, call);
  const codes = ({ findings }: { findings: readonly { text: { code: unknown } }[] }): string[] =>
    findings.map(({ text }) => String(text.code));

  beforeAll(async () => {
    servers = await makeServers(product);
    nodes = [];
    for (const name of ['vault-1', 'vault-2', 'vault-3']) nodes.push(await raftNode(servers, name));
    await Promise.all(nodes.map((each) => each.start()));
    stack = await servers.stack(node(0));
    made = await initialise(servers, stack, node(0));
    // A new node gets its vote when it was stable for this long; the default is 10 s.
    const client = servers.client(node(0), made.root);
    await client.attempt('POST', 'sys/storage/raft/autopilot/configuration', { body: { server_stabilization_time: '1s' } });
    await client.close();
  });
  afterAll(async () => {
    await stack?.stop();
    await servers?.stop();
  });

  it('takes a running server onto the list, after asking what it is', async () => {
    expect(await on()['vault.addNode']({ ...id, url: node(1).url }, call)).toEqual({ node: 'vault-2' });
    expect(await on()['vault.addNode']({ ...id, url: node(2).url, id: 'vault-3' }, call)).toEqual({ node: 'vault-3' });
    await expect(on()['vault.addNode']({ ...id, url: node(2).url }, call)).rejects.toMatchObject({ code: 'vaultNodeThere' });
    const asked = Date.now();
    const view = await look();
    const answeredAfter = (Date.now() - asked) / 1000;
    expect(view.nodes).toMatchObject([
      { node: 'vault-1', state: 'active', product, storage: 'raft', isLeader: true, inRaft: true, seal: 'shamir', recovery: false },
      { node: 'vault-2', state: 'uninitialised', inRaft: false },
      { node: 'vault-3', state: 'uninitialised', inRaft: false },
    ]);
    // Both are this machine's clock: they differ by no more than the answers took, and the second that a server does not tell.
    for (const { clockSeconds } of view.nodes) expect(Math.abs(clockSeconds ?? Infinity)).toBeLessThanOrEqual(answeredAfter + 1);
    expect(view.raft).toMatchObject({ from: 'vault-1', peers: [{ id: 'vault-1', leader: true, voter: true, node: 'vault-1' }] });
    expect(codes(view)).toEqual(['vaultClusterOutside', 'vaultClusterAlone']);
  });

  it('joins them, and believes raft’s configuration, not the answer', async () => {
    for (const at of [1, 2]) {
      const plan = await on()['vault.joinPlan']({ ...id, node: node(at).name, voter: true }, call);
      expect(plan).toMatchObject({
        facts: [{ code: 'vaultJoinFact', params: { leader: 'vault-1' } }, { code: 'vaultJoinVoter' }, { code: 'vaultJoinShares' }],
      });
      expect(plan.no).toBeUndefined();
      // It says "joined", and is in no configuration before it has the shares.
      expect(await on()['vault.join']({ ...id, node: node(at).name, voter: true }, call)).toMatchObject({ inRaft: false });
    }
    expect((await look()).raft?.peers).toHaveLength(1);
    // Each node has its own attempt.
    expect((await give(node(1), made.keys[0])).node).toMatchObject({ progress: 1, state: 'sealed' });
    expect((await stack.domain.handlers['vault.status'](id, call)).nodes.map(({ progress }) => progress)).toEqual([0, 1, 0]);
    expect((await stack.domain.handlers['vault.resetUnseal']({ ...id, node: 'vault-2' }, call)).node).toMatchObject({ progress: 0 });
    // Such a node says "sealed" to its last share, too, and opens a moment later.
    await stack.domain.handlers['vault.unsealKept']({ ...id, node: 'vault-2' }, call);
    await give(node(2), made.keys[1]);
    expect((await give(node(2), made.keys[2])).node.state).toBe('standby');
    await waitUntil(async () => (await look()).raft?.peers.filter(({ voter }) => voter).length === 3);
    await waitUntil(async () => codes(await look()).includes('vaultClusterSpare'));
    const view = await look();
    expect(view.nodes.map(({ state, inRaft }) => `${state} ${inRaft}`)).toEqual(['active true', 'standby true', 'standby true']);
    expect(view.raft?.peers.map(({ node: name }) => name).toSorted()).toEqual(['vault-1', 'vault-2', 'vault-3']);
    expect(view.raft?.peers.every(({ healthy }) => healthy)).toBe(true);
    expect(new Set(view.nodes.map(({ leader }) => leader))).toEqual(new Set([node(0).url]));
    expect(await on()['vault.joinPlan']({ ...id, node: 'vault-2', voter: true }, call)).toMatchObject({ no: { code: 'vaultJoinDone' } });
  });

  it('tells a dead login from an open Vault', async () => {
    const init = stack.kept.get('vault.init') as Secret;
    stack.kept.set(
      'vault.init',
      new Secret(JSON.stringify({ ...stack.init(), shares: 3, threshold: 2, root_token: 's.deadbeefdeadbeefdeadbeef' })),
    );
    stack.kept.set(
      'vault.operator',
      new Secret(JSON.stringify({ auth: 'token', mount: 'token', name: 'x', token: 's.deadbeefdeadbeefdeadbeef' })),
    );
    const view = await look();
    expect(view.nodes[0]?.state).toBe('active');
    expect(codes(view)).toContain('vaultClusterLoginDead');
    expect(view.raft?.error?.code).toBe('vaultPermissionDenied');
    stack.kept.set('vault.init', init);
    stack.kept.delete('vault.operator');
    forgetLogin('test');
  });

  it('seals a leader and sees it sealed; one that follows is not said to be sealed', async () => {
    await expect(stack.domain.handlers['vault.seal']({ ...id, node: 'vault-2' }, call)).rejects.toMatchObject({ code: 'vaultSealStandby' });
    expect((await stack.domain.handlers['vault.seal']({ ...id, node: 'vault-1' }, call)).node).toMatchObject({ state: 'sealed' });
    // The others go on without it, and are found by themselves.
    await waitUntil(async () => (await look()).nodes.some(({ state }) => state === 'active'), 30_000);
    const client = await vaultFor(stack.context);
    expect(client.url).not.toBe(node(0).url);
    await client.close();
    for (const key of made.keys.slice(0, 2)) await give(node(0), key);
    await waitUntil(async () => (await look()).nodes[0]?.state === 'standby');
  });

  it('removes a node and reads that it is gone', async () => {
    const { peers = [] } = (await look()).raft ?? {};
    const last = peers.find(({ leader }) => !leader);
    const plan = await on()['vault.removePeerPlan']({ ...id, peer: last?.id ?? '' }, call);
    expect(plan.facts[1]).toMatchObject({ code: 'vaultRemoveQuorum', params: { voters: 3, left: 2, quorum: 2 } });
    expect(plan.warnings.map(({ code }) => code)).toEqual(['vaultRemoveFew']);
    const { peers: left } = await on()['vault.removePeer']({ ...id, peer: last?.id ?? '' }, call);
    expect(left.map(({ id: name }) => name)).not.toContain(last?.id);
    await expect(on()['vault.removePeer']({ ...id, peer: last?.id ?? '' }, call)).rejects.toMatchObject({ code: 'vaultPeerUnknown' });
  });

  it('rotates the key of the data, and reads both numbers', async () => {
    const { before, after } = await on()['vault.rotateBarrier'](id, call);
    expect(after.term).toBe(before.term + 1);
    expect((await on()['vault.barrierKey'](id, call)).term).toBe(after.term);
  });
});
