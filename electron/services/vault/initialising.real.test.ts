import { readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { unsealInput, vaultInput } from '../../../shared/vault.ts';
import type { StepContext } from '../../jobs/step.ts';
import { portAnswers } from '../../platform/ports.ts';
import { createUnsealStep } from './unsealStep.ts';
import { makeVaultStack, type VaultStack } from './vault.testSupport.ts';
import { createVaultStep } from './vaultStep.ts';

const vaultStep = createVaultStep({});
const unsealStep = createUnsealStep();
const input = unsealInput.parse({ shares: 3, threshold: 2 });

describe.each(['openbao', 'vault'] as const)('initialising %s', (product) => {
  let stack: VaultStack;
  const start = () => vaultStep.apply(stack.context, vaultInput.parse({}));
  beforeEach(async () => {
    stack = await makeVaultStack({ product, kvVersion: 2 });
    await start();
  });
  afterEach(async () => stack?.stop());
  const status = async () => {
    const client = await stack.client();
    return client.sealStatus().finally(() => client.close());
  };
  const lost = async () => (await readdir(stack.context.folder.path('vault'))).filter((name) => name.startsWith('data.lost-'));

  it('starts anew when the engine died between request and sealing', async () => {
    await stack.context.folder.write('vault/init.intent', JSON.stringify({ at: 'then', shares: 3, threshold: 2 }), 0o600);
    const client = await stack.client();
    await client.init(3, 2);
    await client.close();
    await unsealStep.apply(stack.context, input);
    expect(await status()).toMatchObject({ initialized: true, sealed: false, n: 3, t: 2 });
    expect(await lost()).toHaveLength(1);
  });

  it('never touches a Vault that was initialised elsewhere', async () => {
    const client = await stack.client();
    await client.init(3, 2);
    await client.close();
    await expect(unsealStep.apply(stack.context, input)).rejects.toMatchObject({ code: 'vaultInitLost' });
    expect(await lost()).toEqual([]);
    expect(await status()).toMatchObject({ initialized: true, sealed: true, progress: 0 });
  });

  it('does not replace kept shares when the data folder was emptied', async () => {
    await unsealStep.apply(stack.context, input);
    const before = stack.kept.get('vault.init')?.reveal();
    await stack.context.servers.stop('vault');
    await rm(stack.context.folder.path('vault/data'), { recursive: true });
    await start();
    await expect(unsealStep.apply(stack.context, input)).rejects.toMatchObject({ code: 'vaultDataGone' });
    expect(stack.kept.get('vault.init')?.reveal()).toBe(before);
    expect(await status()).toMatchObject({ initialized: false });
  });

  it('heals after the server was killed at any moment of its init', async () => {
    for (const delay of product === 'openbao' ? [0, 100, 700, 2500] : [0, 700]) {
      const running = await stack.context.servers.status('vault');
      const applying = unsealStep.apply(stack.context, input).then(
        () => 'done',
        (error: AppError) => error.code,
      );
      await expect.poll(() => stack.context.folder.read('vault/init.intent'), { interval: 2 }).toBeDefined();
      await pause(delay);
      process.kill(running.pid ?? Number.NaN, 'SIGKILL');
      const outcome = await applying;
      // A killed process keeps its socket until its last thread is gone.
      await expect.poll(() => portAnswers('127.0.0.1', stack.ports.vault)).toBe(false);
      expect(['done', 'vaultInitUnknown', 'networkRefused', 'networkBroken']).toContain(outcome);
      await start();
      await unsealStep.apply(stack.context, input);
      expect(await status(), `${delay} ms: ${outcome}`).toMatchObject({ initialized: true, sealed: false });
      // A fresh one for the next moment.
      await stack.context.servers.stop('vault');
      await rm(stack.context.folder.path('vault/data'), { recursive: true });
      stack.kept.delete('vault.init');
      await start();
    }
  });

  it('shows the last lines of a server that dies at its start', async () => {
    await stack.context.servers.stop('vault');
    await stack.context.folder.write('certs/vault.key', 'not a key', 0o600);
    // Its port is open for a moment before it reads the key: whether that was seen decides which of the two is told.
    await expect(start()).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:serverDied|vaultNoAnswer)$/),
      details: { lines: expect.stringContaining('error loading TLS cert') },
    });
  });

  if (product === 'vault') return;
  // What only Sealdeck decides is proven with one of them: raft takes seconds to open.

  it('uses no share when the answer cannot be sealed, says so, and starts anew the next time', async () => {
    stack.failing.add('vault.init');
    await expect(unsealStep.apply(stack.context, input)).rejects.toMatchObject({ code: 'vaultAnswerNotSealed' });
    expect(await status()).toMatchObject({ initialized: true, sealed: true, progress: 0 });
    stack.failing.clear();
    await unsealStep.apply(stack.context, input);
    expect(stack.journal.map(({ code }) => code)).toEqual(expect.arrayContaining(['vaultJournalAnew', 'vaultJournalInitialised']));
    expect(await lost()).toHaveLength(1);
    const evidence = await unsealStep.check(stack.context, input);
    expect(evidence.find(({ text }) => text.code === 'vaultSeenAnew')?.outcome).toBe('warn');
    expect(await stack.context.folder.read('vault/init.intent')).toBeUndefined();
  });

  it('does not start anew when the Vault of its own marker has been unsealed by somebody', async () => {
    await stack.context.folder.write('vault/init.intent', JSON.stringify({ at: 'then', shares: 1, threshold: 1 }), 0o600);
    const client = await stack.client();
    const { keys_base64 } = await client.init(1, 1);
    await client.unseal(new Secret(keys_base64[0] ?? ''));
    await client.close();
    await expect(unsealStep.apply(stack.context, input)).rejects.toMatchObject({ code: 'vaultInitLost' });
    expect(await lost()).toEqual([]);
  });

  it('does not initialise when secrets would not survive', async () => {
    const memory: StepContext = {
      ...stack.context,
      stack: stack.context.stack,
      secrets: {
        ...stack.context.secrets,
        requireDurable: (what) => {
          throw new AppError('storeNotDurable', { what });
        },
      },
    };
    await expect(unsealStep.apply(memory, input)).rejects.toMatchObject({ code: 'storeNotDurable' });
    expect(await status()).toMatchObject({ initialized: false });
  });

  it('names the port that somebody else has taken', async () => {
    await stack.context.servers.stop('vault');
    const other = createServer().listen(stack.ports.vault, '127.0.0.1');
    try {
      await expect(start()).rejects.toMatchObject({ code: 'portInUse' });
    } finally {
      other.close();
    }
  });

  it('restarts on a changed configuration, and the shares still open it', async () => {
    await unsealStep.apply(stack.context, input);
    const changed = vaultInput.parse({ ui: false });
    expect((await vaultStep.plan(stack.context, changed)).warnings.map(({ code }) => code)).toContain('vaultPlanRestart');
    await vaultStep.apply(stack.context, changed);
    expect(await status()).toMatchObject({ sealed: true });
    await unsealStep.apply(stack.context, input);
    await unsealStep.check(stack.context, input);
  });
});

it('initialises an inmem Vault anew after a restart, because its shares open nothing any more', async () => {
  const stack = await makeVaultStack({ product: 'openbao', kvVersion: 2, storage: 'inmem' });
  try {
    const one = unsealInput.parse({ shares: 1, threshold: 1 });
    for (const _ of [1, 2]) {
      await vaultStep.apply(stack.context, vaultInput.parse({}));
      await unsealStep.apply(stack.context, one);
      await unsealStep.check(stack.context, one);
      await stack.context.servers.stop('vault');
    }
    expect(stack.journal.filter(({ code }) => code === 'vaultJournalInitialised')).toHaveLength(2);
  } finally {
    await stack.stop();
  }
});
