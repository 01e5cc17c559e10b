import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../../shared/secret.ts';
import { makeGpg, noGpg } from '../custodyTools.testSupport.ts';
import type { VaultStack } from '../vault.testSupport.ts';
import { call, clusterOn, id, initialise, makeServers, raftNode, type TestNode, type TestServers } from './cluster.testSupport.ts';

const missing = noGpg();

describe.each([
  ['openbao', 'generate-root-token'],
  ['vault', 'generate-root'],
] as const)('a new root token on %s by sys/%s', (product, flow) => {
  let servers: TestServers;
  let node: TestNode;
  let stack: VaultStack;
  let made: { keys: string[]; root: string };
  const on = () => clusterOn(stack);
  const share = (key: string | undefined) => on()['vault.rootShare']({ ...id, share: new Secret(key ?? '') }, call);

  beforeAll(async () => {
    servers = await makeServers(product);
    node = await raftNode(servers, 'vault-1');
    await node.start();
    stack = await servers.stack(node);
    made = await initialise(servers, stack, node);
  });
  afterAll(async () => {
    await stack?.stop();
    await servers?.stop();
  });

  async function policiesOf(token: string): Promise<string[]> {
    const client = servers.client(node, token);
    return client
      .lookupSelf()
      .then(({ policies }) => policies)
      .finally(() => client.close());
  }

  it('is made with the OTP that only lies here, works, and is revoked with proof', async () => {
    expect(await on()['vault.rootAttempt'](id, call)).toMatchObject({ phase: 'none', flow, required: 2 });
    expect(await on()['vault.rootBegin'](id, call)).toMatchObject({ phase: 'collecting', how: 'otp' });
    await expect(on()['vault.rootBegin'](id, call)).rejects.toMatchObject({ code: 'vaultRootRuns' });
    await share(made.keys[0]);
    expect(await share(made.keys[0])).toMatchObject({ repeated: true });
    const { view } = await share(made.keys[2]);
    expect(view).toMatchObject({ phase: 'made', how: 'otp' });
    const { token } = JSON.parse(stack.kept.get('vault.root')?.reveal() ?? '{}') as { token: string };
    expect(await policiesOf(token)).toEqual(['root']);
    expect(JSON.stringify(view)).not.toContain(token);
    const { tokens } = await on()['vault.rootTokens'](id, call);
    expect(tokens.map(({ ours }) => ours)).toEqual([true, true]);
    if (product === 'openbao') {
      // A new one would need a login, and there is no other.
      await expect(on()['vault.rootRevoke'](id, call)).rejects.toMatchObject({ code: 'vaultAdminFirst' });
      const client = servers.client(node, made.root);
      await client.enableAuth('userpass', 'userpass');
      await client.writeUser('userpass', 'anna', { password: new Secret('long enough'), policies: ['default'], ttl: '1m', maxTtl: '1m' });
      await client.close();
      stack.kept.set(
        'vault.operator',
        new Secret(JSON.stringify({ auth: 'userpass', mount: 'userpass', name: 'anna', password: 'long enough' })),
      );
      const operator = { auth: 'userpass' as const, mount: 'userpass', name: 'anna', policy: 'default' };
      await stack.context.update((document) => ({
        ...document,
        keyStores: document.keyStores.map((store) => (store.kind === 'vault' ? { ...store, operator } : store)),
      }));
    }
    const { evidence } = await on()['vault.rootRevoke'](id, call);
    expect(evidence).toMatchObject([{ text: { code: 'vaultSeenTokenGone' }, outcome: 'ok' }]);
    await expect(policiesOf(token)).rejects.toMatchObject({ code: 'vaultPermissionDenied' });
    expect((await on()['vault.rootTokens'](id, call)).tokens).toHaveLength(1);
  });

  it('is not made by wrong shares, and is cancelled', async () => {
    await on()['vault.rootBegin'](id, call);
    const strange = Buffer.from(made.keys[0] ?? '', 'base64');
    strange[3] = (strange[3] ?? 0) ^ 1;
    await share(strange.toString('base64'));
    await expect(share(made.keys[1])).rejects.toMatchObject({ code: 'vaultSharesWrong' });
    expect(await on()['vault.rootCancel'](id, call)).toMatchObject({ phase: 'none' });
  });

  it('whose answer never came is found among all root tokens, and revoked by its accessor', async () => {
    await on()['vault.rootBegin'](id, call);
    await share(made.keys[0]);
    // As a kill between answer and sealing leaves it: made by the server, known to nobody.
    const record = stack.kept.get('vault.root') as Secret;
    await share(made.keys[1]);
    stack.kept.set('vault.root', record);
    expect(await on()['vault.rootAttempt'](id, call)).toMatchObject({ phase: 'lost', since: expect.any(String) });
    const { tokens } = await on()['vault.rootTokens'](id, call);
    const lost = tokens.find(({ ours }) => !ours);
    expect(tokens).toHaveLength(2);
    await expect(
      on()['vault.rootRevoke']({ ...id, accessor: tokens.find(({ ours }) => ours)?.accessor ?? '' }, call),
    ).rejects.toMatchObject({
      code: 'vaultRootOfInit',
    });
    const { evidence } = await on()['vault.rootRevoke']({ ...id, accessor: lost?.accessor ?? '' }, call);
    expect(evidence[0]?.text.code).toBe('vaultSeenAccessorGone');
    expect(await on()['vault.rootCancel'](id, call)).toMatchObject({ phase: 'none' });
  });

  it('is not needed because pages locked a login out: a refused one is not tried again and again', async () => {
    const client = servers.client(node, made.root);
    if ((await client.authMounts())['userpass/'] === undefined) await client.enableAuth('userpass', 'userpass');
    const password = new Secret('the right one');
    await client.writeUser('userpass', 'ben', { password, policies: ['default'], ttl: '1m', maxTtl: '1m' });
    const init = stack.kept.get('vault.init') as Secret;
    const operator = stack.kept.get('vault.operator');
    stack.kept.set('vault.init', new Secret(JSON.stringify({ keys_base64: made.keys, shares: 3, threshold: 2 })));
    stack.kept.set('vault.operator', new Secret(JSON.stringify({ auth: 'userpass', mount: 'userpass', name: 'ben', password: 'another' })));
    for (let times = 0; times < 8; times += 1) {
      const { findings } = await on()['vault.cluster'](id, call);
      expect(findings.map(({ text }) => String(text.code))).toContain('vaultClusterLoginDead');
    }
    await expect(client.userpassLogin('userpass', 'ben', password)).resolves.toMatchObject({ policies: ['default'] });
    await client.close();
    stack.kept.set('vault.init', init);
    if (operator) stack.kept.set('vault.operator', operator);
    else stack.kept.delete('vault.operator');
  });

  it.skipIf(missing !== undefined)('for the owner of a PGP key is read by nobody else', async () => {
    const gpg = await makeGpg();
    try {
      const pgp = await gpg.key('Root <root@example.org>');
      await on()['vault.rootBegin']({ ...id, pgp }, call);
      const view = await on()['vault.rootKept'](id, call);
      expect(view).toMatchObject({ phase: 'made', how: 'pgp', message: { name: 'test-root-token.asc' } });
      expect(view.token).toBeUndefined();
      const token = (await gpg.decrypt(view.message?.content ?? '')).trim();
      expect(await policiesOf(token)).toEqual(['root']);
      expect(await on()['vault.rootCancel'](id, call)).toMatchObject({ phase: 'none' });
    } finally {
      await gpg.close();
    }
  });
});
