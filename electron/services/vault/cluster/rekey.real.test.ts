import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pipe } from '../../../../shared/rpc/frames.ts';
import { Secret } from '../../../../shared/secret.ts';
import { rekeyInput } from '../../../../shared/vaultCluster.ts';
import { type AllHandlers, serve } from '../../../rpc/connection.ts';
import { createEventHub } from '../../../rpc/eventHub.ts';
import { makeGpg, noGpg } from '../custodyTools.testSupport.ts';
import type { VaultStack } from '../vault.testSupport.ts';
import { call, clusterOn, id, initialise, makeServers, raftNode, type TestNode, type TestServers } from './cluster.testSupport.ts';

const missing = noGpg();

describe.each([
  ['openbao', 'rotate'],
  ['vault', 'rekey'],
] as const)('new shares for %s by sys/%s', (product, flow) => {
  let servers: TestServers;
  let node: TestNode;
  let stack: VaultStack;
  let old: { keys: string[]; root: string };
  const on = () => clusterOn(stack);
  const view = () => on()['vault.rekey'](id, call);
  const begin = (more: object = {}) => on()['vault.rekeyBegin'](rekeyInput.parse({ ...id, shares: 5, threshold: 3, ...more }), call);
  const share = (key: string | undefined) => on()['vault.rekeyShare']({ ...id, share: new Secret(key ?? '') }, call);

  beforeAll(async () => {
    servers = await makeServers(product);
    node = await raftNode(servers, 'vault-1');
    await node.start();
    stack = await servers.stack(node);
    old = await initialise(servers, stack, node);
  });
  afterAll(async () => {
    await stack?.stop();
    await servers?.stop();
  });

  /** Seals, and opens with these shares. */
  async function opensWith(keys: readonly string[]): Promise<boolean> {
    const client = servers.client(node, old.root);
    try {
      await client.seal();
      for (const key of keys) await client.unseal(new Secret(key));
      return !(await client.sealStatus()).sealed;
    } finally {
      await client.resetUnseal().catch(() => undefined);
      await client.close();
    }
  }
  async function active(): Promise<void> {
    const client = servers.client(node);
    await expect.poll(async () => (await client.health()).state, { timeout: 20_000 }).toBe('active');
    await client.close();
  }

  it('plans by the path that the server has, and changes nothing', async () => {
    expect(await view()).toMatchObject({ phase: 'none', flow, kind: 'unseal', required: 2, kept: 3 });
    const plan = await on()['vault.rekeyPlan'](rekeyInput.parse({ ...id, shares: 5, threshold: 3 }), call);
    expect(plan.facts[0]).toMatchObject({
      code: 'vaultRekeyPlanShares',
      params: { oldShares: 3, oldThreshold: 2, shares: 5, threshold: 3 },
    });
    expect((await view()).phase).toBe('none');
  });

  it.skipIf(missing !== undefined)('begins nothing with a PGP key that only signs, and says whose it is', async () => {
    const gpg = await makeGpg();
    const signs = await gpg.key('Signer <signer@example.org>', 'rsa2048').finally(() => gpg.close());
    const custodians = [
      { kind: 'passphrase', name: 'Ann' },
      { kind: 'pgp', name: 'Bob', key: signs },
    ] as const;
    await expect(begin({ shares: 2, threshold: 2, custodians })).rejects.toMatchObject({
      code: 'vaultPgpSignOnly',
      details: { who: 'Bob' },
    });
    expect(await view()).toMatchObject({ phase: 'none' });
  });

  it('is cancelled with its nonce, and the old shares count', async () => {
    expect(await begin()).toMatchObject({ phase: 'collecting', next: { shares: 5, threshold: 3 }, progress: 0, required: 2 });
    await expect(begin()).rejects.toMatchObject({ code: 'vaultRekeyRuns' });
    expect(await share(old.keys[0])).toMatchObject({ repeated: false, view: { phase: 'collecting', progress: 1 } });
    expect(await share(old.keys[0])).toMatchObject({ repeated: true, view: { progress: 1 } });
    expect(await on()['vault.rekeyCancel'](id, call)).toMatchObject({ phase: 'none' });
    expect(await opensWith(old.keys.slice(0, 2))).toBe(true);
    await active();
  });

  it('says that the shares do not fit only together, and lets the renewal go on', async () => {
    await begin();
    const strange = Buffer.from(old.keys[0] ?? '', 'base64');
    strange[0] = (strange[0] ?? 0) ^ 1;
    expect(await share(strange.toString('base64'))).toMatchObject({ view: { progress: 1 } });
    await expect(share(old.keys[1])).rejects.toMatchObject({ code: 'vaultSharesWrong', details: { threshold: 2 } });
    expect(await view()).toMatchObject({ phase: 'collecting', progress: 0 });
  });

  it('does not verify what it could not keep: the old shares count', async () => {
    stack.failing.add('vault.rekey');
    await share(old.keys[0]).catch(() => undefined);
    await expect(share(old.keys[1])).rejects.toMatchObject({ code: 'vaultRekeyNotSealed' });
    stack.failing.clear();
    expect(await view()).toMatchObject({ phase: 'answerLost' });
    await expect(share(old.keys[2])).rejects.toMatchObject({ code: 'vaultRekeyNone' });
    expect(await on()['vault.rekeyCancel'](id, call)).toMatchObject({ phase: 'none' });
    expect(await opensWith(old.keys.slice(1, 3))).toBe(true);
    await active();
  });

  it('drops its record when the server forgot the renewal, and says so', async () => {
    await begin();
    await node.stop();
    await node.start();
    expect(await opensWith(old.keys.slice(0, 2))).toBe(true);
    await active();
    expect(await view()).toMatchObject({ phase: 'none', settled: { code: 'vaultRekeyForgotten' } });
    expect(stack.kept.has('vault.rekey')).toBe(false);
  });

  it('tells somebody else’s renewal from its own, and touches nothing of it', async () => {
    const client = servers.client(node, old.root);
    const base = flow === 'rotate' ? 'sys/rotate/root' : 'sys/rekey';
    const { nonce } = await client.rekeyBegin(base, 1, 1);
    expect(await view()).toMatchObject({ phase: 'foreign', nonce });
    await expect(begin()).rejects.toMatchObject({ code: 'vaultRekeyRuns' });
    await expect(share(old.keys[0])).rejects.toMatchObject({ code: 'vaultRekeyNone' });
    await client.rekeyCancel(base, nonce);
    await client.close();
  });

  it('opens with the old shares after a restart before the verification, and finds out that they count', async () => {
    await begin({ shares: 2, threshold: 2 });
    expect(await on()['vault.rekeyKept'](id, call)).toMatchObject({ phase: 'sealed' });
    await node.stop();
    await node.start();
    expect((await stack.domain.handlers['vault.unsealKept']({ ...id, node: 'vault-1' }, call)).node.state).not.toBe('sealed');
    await active();
    expect(await view()).toMatchObject({ phase: 'unsure' });
    await expect(on()['vault.rekeyCancel'](id, call)).rejects.toMatchObject({ code: 'vaultRekeyUnsure' });
    expect(await on()['vault.rekeyVerify'](id, call)).toMatchObject({ phase: 'none', kept: 3 });
    expect(stack.init().keys_base64).toEqual(old.keys);
    expect(stack.journal.map(({ code }) => code)).toContain('vaultJournalRekeyUndone');
  });

  it('opens with the new shares when Vault was restarted behind a verification that nobody here saw the end of', async () => {
    await begin({ shares: 3, threshold: 2 });
    await on()['vault.rekeyKept'](id, call);
    const { answer } = JSON.parse(stack.kept.get('vault.rekey')?.reveal() ?? '{}') as {
      answer: { keys_base64: string[]; verificationNonce: string };
    };
    const client = servers.client(node, old.root);
    const base = flow === 'rotate' ? 'sys/rotate/root' : 'sys/rekey';
    for (const key of answer.keys_base64.slice(0, 2)) await client.rekeyVerify(base, new Secret(key), answer.verificationNonce);
    await client.close();
    await node.stop();
    await node.start();
    expect((await stack.domain.handlers['vault.unsealKept']({ ...id, node: 'vault-1' }, call)).node.state).not.toBe('sealed');
    await active();
    expect(stack.init()).toMatchObject({ keys_base64: answer.keys_base64, root_token: old.root });
    expect(await view()).toMatchObject({ phase: 'none', kept: 3 });
    old = { ...old, keys: answer.keys_base64 };
  });

  it('keeps the new shares when the window that gave the last old one was closed before their answer', async () => {
    await begin({ custodians: ['Ann', 'Bob', 'Cem', 'Dai', 'Eva'].map((name) => ({ kind: 'passphrase', name })) });
    await share(old.keys[0]);
    const engine = {
      handlers: on() as unknown as AllHandlers,
      hub: createEventHub(),
      log: { info: () => undefined, error: () => undefined },
    };
    const sent: unknown[] = [];
    const closing: (() => void)[] = [];
    let frame = (_: unknown): void => undefined;
    // A stand-in for the pipe to a window, which is gone before anything comes back.
    const pipe = {
      send: (one: unknown) => void sent.push(one),
      onFrame: (take: typeof frame) => {
        frame = take;
      },
      onClose: (end: () => void) => void closing.push(end),
      close: () => undefined,
    };
    serve(pipe as unknown as Pipe, { ...engine, host: 'browser' });
    frame({ kind: 'call', id: 1, name: 'vault.rekeyShare', input: { ...id, share: old.keys[1] } });
    for (const end of closing) end();
    await expect.poll(() => sent.length, { timeout: 20_000 }).toBe(1);
    // Another window, and another engine: the shares are there, and the old ones count until these are verified.
    expect(await view()).toMatchObject({ phase: 'sealed' });
    expect(stack.init().keys_base64).toEqual(old.keys);
    expect(JSON.stringify(sent)).not.toContain('keys_base64');
    await on()['vault.rekeyCancel'](id, call);
    expect((await view()).phase).toBe('none');
  });

  it('keeps the new shares before it verifies them, and only then the old ones end', async () => {
    await begin({ custodians: ['Ann', 'Bob', 'Cem', 'Dai', '五号'].map((name) => ({ kind: 'passphrase', name })) });
    expect(await on()['vault.rekeyKept'](id, call)).toMatchObject({
      phase: 'sealed',
      kept: 3,
      next: { custodians: ['Ann', 'Bob', 'Cem', 'Dai', '五号'] },
    });
    // Neither the old shares nor the custody of them has changed yet; no file is made meanwhile.
    expect(stack.init().keys_base64).toEqual(old.keys);
    await expect(stack.domain.handlers['vault.handOut']({ ...id, planned: { kind: 'passphrase', name: 'X' } }, call)).rejects.toMatchObject(
      {
        code: 'vaultRekeyRuns',
      },
    );
    expect(await on()['vault.rekeyVerify'](id, call)).toMatchObject({ phase: 'none', kept: 5, lastAt: expect.any(String) });
    const fresh = stack.init().keys_base64;
    expect(fresh).toHaveLength(5);
    expect(stack.init().root_token).toBe(old.root);
    expect(await opensWith(old.keys)).toBe(false);
    expect(await opensWith(fresh.slice(2, 5))).toBe(true);
    await active();
    expect((await stack.domain.handlers['vault.custody'](id, call)).custodians.map(({ name }) => name)).toEqual([
      'Ann',
      'Bob',
      'Cem',
      'Dai',
      '五号',
    ]);
    expect(stack.journal.map(({ code }) => code)).toEqual(expect.arrayContaining(['vaultJournalRekeySealed', 'vaultJournalRekeyed']));
  });
});
