import { readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unsealInput, vaultInput } from '../../../../shared/vault.ts';
import { withVault } from '../../../clients/vault/forStack.ts';
import { createUnsealStep } from '../unsealStep.ts';
import { makeVaultStack, type VaultStack } from '../vault.testSupport.ts';
import { createVaultStep } from '../vaultStep.ts';
import { enableAudit, readAudit } from './audit.ts';
import { readAuditLines } from './auditLines.ts';

const vaultStep = createVaultStep({});
const input = vaultInput.parse({});

describe.each([
  { product: 'openbao', way: 'configuration' },
  { product: 'vault', way: 'api' },
] as const)('an audit device of $product', ({ product, way }) => {
  let stack: VaultStack;
  beforeAll(async () => {
    stack = await makeVaultStack({ product, kvVersion: 2, storage: 'inmem' });
    await vaultStep.apply(stack.context, input);
    await createUnsealStep().apply(stack.context, unsealInput.parse({ shares: 1, threshold: 1 }));
  });
  afterAll(async () => stack?.stop());

  it('is missing at first, which is said, and so is what a full disk does', async () => {
    const state = await readAudit(stack.context);
    expect(state).toMatchObject({ devices: [], way });
    expect(state.findings.map(({ text }) => text.code)).toEqual(['vaultAuditDisk']);
  });

  it('is turned on without a restart or a seal, and writes HMACs where the values are', async () => {
    const { proposed } = await readAudit(stack.context);
    const before = await stack.context.servers.status('vault');
    const evidence = await enableAudit(stack.context, proposed.name, proposed.file);
    expect(evidence.map(({ text }) => text.code)).toEqual(['vaultAuditSeen']);
    expect((await stack.context.servers.status('vault')).pid).toBe(before.pid);
    await withVault(stack.context, async (client) => {
      await client.enableEngine('kv', 'kv', { version: '2' });
      await client.kvWrite('kv', 2, 'minio/a-key', { value: 'tracer-value-of-the-audit-test' });
      await client.attempt('GET', 'kv/data/minio/none-of-it');
    });
    const { lines, bytes, freeBytes } = await readAuditLines(stack.context, proposed.name, 50);
    expect(lines.find(({ path }) => path === 'kv/data/minio/none-of-it')).toMatchObject({
      kind: 'response',
      operation: 'read',
      path: 'kv/data/minio/none-of-it',
      from: '127.0.0.1',
      policies: ['root'],
    });
    expect(lines.some(({ path, operation }) => path === 'kv/data/minio/a-key' && operation === 'create')).toBe(true);
    expect([bytes > 500, freeBytes > 0]).toEqual([true, true]);
    const raw = await readFile(proposed.file, 'utf8');
    expect(raw).not.toContain('tracer-value-of-the-audit-test');
    expect(raw).toContain('hmac-sha256:');
    expect((await stat(proposed.file)).mode & 0o777).toBe(0o600);
  });

  it('is in the step’s configuration, too, so that it does not restart the server; a second time nothing is done', async () => {
    const before = await stack.context.servers.status('vault');
    const journal = stack.journal.length;
    await vaultStep.apply(stack.context, input);
    const { proposed } = await readAudit(stack.context);
    await enableAudit(stack.context, proposed.name, proposed.file);
    expect((await stack.context.servers.status('vault')).pid).toBe(before.pid);
    expect(stack.journal.length).toBe(journal);
    expect((await readAudit(stack.context)).devices).toEqual([{ name: 'sealdeck', type: 'file', file: proposed.file, logRaw: false }]);
  });

  it('and three others that are turned on at once, one of them after a kill in between, stand each once in server, file and document', async () => {
    const path = (name: string): string => stack.context.folder.path(`vault/${name}.log`);
    const working = stack.context.servers.status;
    if (product === 'openbao') {
      // Killed between the document, the file and the signal.
      const write = stack.context.folder.write;
      stack.context.folder.write = async (...args) => {
        await write(...args);
        throw new Error('killed');
      };
      await expect(enableAudit(stack.context, 'one', path('one'))).rejects.toThrow('killed');
      stack.context.folder.write = write;
    }
    await Promise.all(['one', 'two', 'three'].map((name) => enableAudit(stack.context, name, path(name))));
    const { pid } = await working('vault');
    const { devices } = await readAudit(stack.context);
    expect(devices.map(({ name }) => name).toSorted()).toEqual(['one', 'sealdeck', 'three', 'two']);
    if (product !== 'openbao') return;
    const config = (await stack.context.folder.read('vault/vault.hcl')) ?? '';
    expect(['one', 'two', 'three'].map((name) => config.split(path(name)).length - 1)).toEqual([1, 1, 1]);
    await vaultStep.apply(stack.context, input);
    expect(await stack.context.folder.read('vault/vault.hcl')).toBe(config);
    expect((await working('vault')).pid).toBe(pid);
  });

  it('is refused where its file cannot be written, and the server goes on', async () => {
    const outcome = await enableAudit(stack.context, 'second', '/proc/none/audit.log').catch((error: { code: string }) => error.code);
    expect(['vaultAuditRefused', 'vaultAuditNotThere']).toContain(outcome);
    await withVault(stack.context, (client) => client.lookupSelf());
    expect(await stack.context.folder.read('vault/vault.hcl')).not.toContain('second');
    await expect(readAuditLines(stack.context, 'second', 5)).rejects.toMatchObject({ code: 'vaultAuditNoFile' });
  });
});
