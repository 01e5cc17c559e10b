import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { unsealInput, vaultInput } from '../../../shared/vault.ts';
import { createUnsealStep } from './unsealStep.ts';
import { makeVaultStack, type VaultStack } from './vault.testSupport.ts';
import { createVaultStep } from './vaultStep.ts';

const call = { signal: new AbortController().signal, host: 'cli' } as const;
const id = { stackId: 'test' };

describe.each(['openbao', 'vault'] as const)('the Vault page on %s', (product) => {
  let stack: VaultStack;
  let shares: Secret[];
  const opened: string[] = [];
  const give = (share: Secret) => stack.domain.handlers['vault.unseal']({ ...id, share }, call);
  const status = async () => (await stack.domain.handlers['vault.status'](id, call)).nodes[0];
  beforeAll(async () => {
    stack = await makeVaultStack({ product, kvVersion: 2, storage: 'inmem' });
    stack.domain.onUnsealed((stackId) => void opened.push(stackId));
    await createVaultStep({}).apply(stack.context, vaultInput.parse({}));
  });
  afterAll(async () => stack?.stop());
  beforeEach(async () => {
    if (!stack.kept.has('vault.init')) return;
    await stack.domain.handlers['vault.seal'](id, call);
    await stack.domain.handlers['vault.resetUnseal'](id, call);
    opened.length = 0;
  });

  it('tells an empty Vault from an unreachable one', async () => {
    expect(await status()).toMatchObject({ state: 'uninitialised', product });
    await expect(give(new Secret('ab'.repeat(33)))).rejects.toMatchObject({ code: 'vaultNotInitialised' });
    await stack.context.servers.stop('vault');
    expect(await status()).toMatchObject({ state: 'unreachable', error: { code: 'networkRefused' } });
    await createVaultStep({}).apply(stack.context, vaultInput.parse({}));
    await createUnsealStep().apply(stack.context, unsealInput.parse({}));
    shares = stack.init().keys_base64.map((key) => new Secret(key));
  });

  it('counts shares, tells a repeated one, and opens at the threshold', async () => {
    const [one, two, three] = shares as [Secret, Secret, Secret];
    expect(await give(one)).toMatchObject({ repeated: false, node: { state: 'sealed', progress: 1, threshold: 3 } });
    const hex = new Secret(` ${Buffer.from(one.reveal(), 'base64').toString('hex')} `);
    expect(await give(hex)).toMatchObject({ repeated: true, node: { progress: 1 } });
    expect(await give(two)).toMatchObject({ repeated: false, node: { progress: 2 } });
    expect(opened).toEqual([]);
    expect(await give(three)).toMatchObject({ repeated: false, node: { state: 'active' } });
    expect(opened).toEqual(['test']);
    expect(stack.journal.at(-1)).toMatchObject({ code: 'vaultJournalUnsealed', params: { node: 'vault-1' } });
    expect(await give(three)).toMatchObject({ repeated: false, node: { state: 'active' } });
  });

  it('says that one of the shares was wrong only when the threshold is reached', async () => {
    const [one, two] = shares as [Secret, Secret];
    await give(new Secret(randomBytes(33).toString('base64')));
    await give(one);
    await expect(give(two)).rejects.toMatchObject({ code: 'vaultSharesWrong', details: { threshold: 3 } });
    expect(await status()).toMatchObject({ state: 'sealed', progress: 0 });
    expect(await give(one)).toMatchObject({ repeated: false, node: { progress: 1 } });
  });

  it('refuses what cannot be a share before anything is sent', async () => {
    await expect(give(new Secret('not a share!'))).rejects.toMatchObject({ code: 'vaultShareEncoding' });
    await expect(give(new Secret(randomBytes(32).toString('base64')))).rejects.toMatchObject({
      code: 'vaultShareLength',
      details: { bytes: 32, expected: 33 },
    });
    expect(await status()).toMatchObject({ progress: 0 });
  });

  it('notices that somebody else started the attempt anew', async () => {
    const [one, two] = shares as [Secret, Secret];
    await give(one);
    const other = await stack.client();
    await other.resetUnseal();
    await other.unseal(two);
    await other.close();
    await expect(give(two)).rejects.toMatchObject({ code: 'vaultAttemptReset' });
    expect(await give(one)).toMatchObject({ node: { progress: 2 } });
  });

  it('starts an attempt anew on request', async () => {
    await give(shares[0] as Secret);
    const { node } = await stack.domain.handlers['vault.resetUnseal'](id, call);
    expect(node).toMatchObject({ progress: 0 });
    expect(await give(shares[1] as Secret)).toMatchObject({ repeated: false, node: { progress: 1 } });
  });

  it('opens with the kept shares over a half-done attempt with a wrong one', async () => {
    await give(new Secret(randomBytes(33).toString('base64')));
    const { node } = await stack.domain.handlers['vault.unsealKept'](id, call);
    expect(node.state).toBe('active');
    expect(opened).toEqual(['test']);
  });

  it('says how many shares are missing when they were handed out', async () => {
    const kept = stack.kept.get('vault.init') as Secret;
    stack.kept.set('vault.init', new Secret(JSON.stringify({ ...stack.init(), keys_base64: [] })));
    await expect(stack.domain.handlers['vault.unsealKept'](id, call)).rejects.toMatchObject({
      code: 'vaultSharesMissing',
      details: { kept: 0, threshold: 3 },
    });
    stack.kept.set('vault.init', kept);
  });

  it('never lets a share or token out', async () => {
    const out = JSON.stringify([await stack.domain.handlers['vault.status'](id, call), stack.journal]);
    expect(out).toContain('"keptShares":5');
    for (const secret of [...shares.map((share) => share.reveal()), stack.init().root_token ?? '']) expect(out).not.toContain(secret);
  });
});
