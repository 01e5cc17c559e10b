import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sentence } from '../../../shared/messages.ts';
import { Secret } from '../../../shared/secret.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { adminInput, prepareInput, unsealInput, vaultInput } from '../../../shared/vault.ts';
import { vaultTokenFor, withVault } from '../../clients/vault/forStack.ts';
import { createAdminStep } from './adminStep.ts';
import { createPrepareStep } from './prepareStep.ts';
import { createUnsealStep } from './unsealStep.ts';
import { makeVaultStack, type VaultStack } from './vault.testSupport.ts';
import { createVaultStep } from './vaultStep.ts';

const lines = (evidence: Evidence[]): string[] => evidence.map((one) => `${one.outcome} ${sentence('en', one.text)} [${one.answer ?? ''}]`);
const codes = (evidence: Evidence[]): string[] => evidence.map((one) => one.text.code);

describe.each([
  { product: 'openbao', kvVersion: 2, auth: 'userpass', version: /^2\./ },
  { product: 'vault', kvVersion: 1, auth: 'approle', version: /^1\./ },
] as const)('$product on raft with kv v$kvVersion', ({ product, kvVersion, auth, version }) => {
  let stack: VaultStack;
  const vaultStep = createVaultStep({});
  const unsealStep = createUnsealStep();
  const prepareStep = createPrepareStep();
  const unseal = unsealInput.parse({});
  const prepare = prepareInput.parse({});
  const admin = adminInput.parse({ auth });
  beforeAll(async () => {
    stack = await makeVaultStack({ product, kvVersion, folderName: `lab "a" \${b} 密` });
  });
  afterAll(async () => stack?.stop());
  const once = async (code: string, work: () => Promise<void>): Promise<void> => {
    await work();
    const entries = stack.journal.length;
    await work();
    expect(stack.journal.slice(entries)).toEqual([]);
    expect(stack.journal.map((entry) => entry.code)).toContain(code);
  };

  it('plans the server without changing anything', async () => {
    const plan = await vaultStep.plan(stack.context, vaultInput.parse({}));
    expect(plan.files[0]?.content).toContain('storage "raft" {');
    expect(plan.changes.map(({ code }) => code)).toContain(product === 'vault' ? 'vaultMemoryRaft' : 'vaultMemoryOpenBao');
    expect(await stack.context.folder.read('vault/vault.hcl')).toBeUndefined();
  });

  it('starts once and answers with product, version and storage over verified TLS', async () => {
    await once('vaultJournalStarted', () => vaultStep.apply(stack.context, vaultInput.parse({})));
    const evidence = await vaultStep.check(stack.context, vaultInput.parse({}));
    expect(codes(evidence)).toContain('vaultSeenFresh');
    expect(evidence[0]?.text.params).toMatchObject({ storage: 'raft', version: expect.stringMatching(version) });
    expect(lines(evidence)).toContainEqual(expect.stringMatching(/^ok Folder vault\/data has mode 0700/));
    expect((await stack.context.servers.lastLines('vault', 200)).filter((line) => /unknown or unsupported|duplicate/i.test(line))).toEqual(
      [],
    );
  });

  it('initialises once, seals the answer and becomes active', async () => {
    await once('vaultJournalInitialised', () => unsealStep.apply(stack.context, unseal));
    const evidence = await unsealStep.check(stack.context, unseal);
    expect(lines(evidence)).toContainEqual(expect.stringMatching(/^ok Initialised: 5 shares, 3 needed/));
    expect(lines(evidence)).toContainEqual(expect.stringMatching(/^ok Active node, health 200/));
    expect(lines(evidence)).toContainEqual(expect.stringMatching(/^warn All 5 shares are still in the credential store/));
    expect(await stack.context.folder.read('vault/init.intent')).toBeUndefined();
  });

  it('prepares for KES once, and the role may do just what KES needs', async () => {
    await once('vaultJournalSecretId', () => prepareStep.apply(stack.context, prepare));
    const evidence = await prepareStep.check(stack.context, prepare);
    expect(evidence.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    for (const code of ['vaultSeenWrote', 'vaultSeenRead', 'vaultSeenListed', 'vaultSeenNoOverwrite', 'vaultSeenDeleted'])
      expect(codes(evidence)).toContain(code);
    expect(lines(evidence).filter((line) => line.includes('Refused elsewhere') && line.includes('HTTP 403'))).toHaveLength(4);
    expect(await withVault(stack.context, (client) => client.kvList('kv', kvVersion, 'minio'))).toEqual([]);
  });

  it('replaces a secret id that no longer logs in, and destroys the superseded one', async () => {
    const before = JSON.parse(stack.kept.get('kes.approle')?.reveal() ?? '{}') as { roleId: string; accessor: string };
    stack.kept.set('kes.approle', new Secret(JSON.stringify({ ...before, secretId: 'stale' })));
    await prepareStep.apply(stack.context, prepare);
    const accessors = await withVault(stack.context, (client) => client.secretIdAccessors('approle', 'kes-role'));
    const after = JSON.parse(stack.kept.get('kes.approle')?.reveal() ?? '{}') as { accessor: string };
    expect(accessors).toEqual([after.accessor]);
    expect(after.accessor).not.toBe(before.accessor);
    await prepareStep.check(stack.context, prepare);
  });

  it('unlocks the role after failed logins of somebody with old credentials', async () => {
    const kept = JSON.parse(stack.kept.get('kes.approle')?.reveal() ?? '{}') as { roleId: string; secretId: string };
    const client = await stack.client();
    for (let index = 0; index < 6; index++) await client.appRoleLogin('approle', kept.roleId, new Secret('stale')).catch(() => undefined);
    await expect(client.appRoleLogin('approle', kept.roleId, new Secret(kept.secretId))).rejects.toMatchObject({
      code: 'vaultLoginLocked',
    });
    await client.close();
    await expect(prepareStep.check(stack.context, prepare)).rejects.toMatchObject({ code: 'vaultLoginLocked' });
    await prepareStep.apply(stack.context, prepare);
    expect(stack.journal.map(({ code }) => code)).toContain('vaultJournalUnlocked');
    await prepareStep.check(stack.context, prepare);
  });

  it('keeps its proof when KES may not delete, and says that deleting is refused', async () => {
    const input = prepareInput.parse({ allowDelete: false });
    await prepareStep.apply(stack.context, input);
    expect(codes(await prepareStep.check(stack.context, input))).toContain('vaultSeenNoDelete');
    expect(await withVault(stack.context, (client) => client.kvList('kv', kvVersion, 'minio'))).toEqual([]);
    await prepareStep.apply(stack.context, prepare);
  });

  it('finds a role that may do more than it should', async () => {
    await withVault(stack.context, async (client) => {
      await client.writePolicy('too-wide', 'path "kv/*" {\n  capabilities = ["create", "read", "update", "list"]\n}\n');
      await client.writeAppRole('approle', 'kes-role', { token_policies: ['minio-key-policy', 'too-wide'] });
    });
    await expect(prepareStep.check(stack.context, prepare)).rejects.toMatchObject({ code: 'vaultRoleTooWide' });
    expect(await withVault(stack.context, (client) => client.kvList('kv', kvVersion, 'minio'))).toEqual([]);
    await prepareStep.apply(stack.context, prepare);
    await prepareStep.check(stack.context, prepare);
  });

  it('refuses a mount of the other kv version', async () => {
    await withVault(stack.context, (client) => client.enableEngine('other', 'kv', { version: String(3 - kvVersion) }));
    const other = prepareInput.parse({ mount: 'other' });
    await expect(prepareStep.apply(stack.context, other)).rejects.toMatchObject({
      code: 'kvVersionDiffers',
      details: { mount: 'other', expected: kvVersion, actual: 3 - kvVersion },
    });
  });

  it('does not revoke root while KES cannot be proven', async () => {
    const step = createAdminStep({ proveKes: async () => Promise.reject(new Error('KES is down')) });
    await expect(step.apply(stack.context, admin)).rejects.toThrow('KES is down');
    expect(stack.init().root_token).toBeDefined();
    expect(stack.context.stack.keyStores[0]?.operator?.name).toBe('sealdeck-operator');
  });

  it('proves the operator, then revokes root, which no longer works', async () => {
    const root = new Secret(stack.init().root_token ?? '');
    const step = createAdminStep({});
    await once('vaultJournalRootRevoked', () => step.apply(stack.context, admin));
    expect(stack.init().root_token).toBeUndefined();
    expect(stack.init().keys_base64).toHaveLength(5);
    expect(stack.context.stack.keyStores[0]?.rootRevokedAt).toBeDefined();
    const dead = await stack.client(root);
    expect((await dead.attempt('GET', 'auth/token/lookup-self')).status).toBe(403);
    await dead.close();
    const evidence = await step.check(stack.context, admin);
    expect(codes(evidence)).toEqual(['vaultSeenOperator', 'vaultSeenProbePolicy', 'vaultSeenKeys', 'vaultSeenRootGone']);
    expect(lines(evidence).at(-1)).toMatch(/own -> HTTP 200, root -> HTTP 40\d/);
  });

  it('can repeat every step without root', async () => {
    const entries = stack.journal.length;
    await vaultStep.apply(stack.context, vaultInput.parse({}));
    await unsealStep.apply(stack.context, unseal);
    await prepareStep.apply(stack.context, prepare);
    await prepareStep.check(stack.context, prepare);
    await createAdminStep({}).apply(stack.context, admin);
    expect(stack.journal.slice(entries)).toEqual([]);
  });

  it('lets the operator withhold and put back a key record, but not read other paths', async () => {
    await withVault(stack.context, async (client) => {
      await client.kvWrite('kv', kvVersion, 'minio/scratch', { scratch: 'value' }, { cas: 0 });
      const record = await client.kvRead('kv', kvVersion, 'minio/scratch');
      await client.kvDelete('kv', kvVersion, 'minio/scratch');
      expect(await client.kvRead('kv', kvVersion, 'minio/scratch')).toBeUndefined();
      await client.kvWrite('kv', kvVersion, 'minio/scratch', record ?? {}, { cas: 0 });
      expect(await client.kvRead('kv', kvVersion, 'minio/scratch')).toEqual({ scratch: 'value' });
      await client.kvDelete('kv', kvVersion, 'minio/scratch');
      await expect(client.kvRead('kv', kvVersion, 'elsewhere/x')).rejects.toMatchObject({ code: 'vaultPermissionDenied' });
    });
  });

  it('leaves a way back to root: the operator may begin to generate a new one', async () => {
    // OpenBao asks for a login here, Vault 1.x does not.
    const path = product === 'openbao' ? 'sys/generate-root-token/attempt' : 'sys/generate-root/attempt';
    await withVault(stack.context, async (client) => {
      expect((await client.attempt('PUT', path, { body: {} })).status).toBe(200);
      expect((await client.attempt('DELETE', path)).status).toBeLessThan(300);
    });
    const anonymous = await stack.client();
    const { status } = await anonymous.attempt('GET', path);
    await anonymous.close();
    expect(status).toBe(product === 'openbao' ? 403 : 200);
  });

  it('says that Vault is sealed in the middle, and goes on after unsealing', async () => {
    const call = { signal: new AbortController().signal, host: 'cli' } as const;
    await stack.domain.handlers['vault.seal']({ stackId: 'test' }, call);
    await expect(prepareStep.apply(stack.context, prepare)).rejects.toMatchObject({ code: 'vaultSealed' });
    await expect(unsealStep.check(stack.context, unseal)).rejects.toMatchObject({ code: 'vaultSealed' });
    await unsealStep.apply(stack.context, unseal);
    await prepareStep.check(stack.context, prepare);
    expect((await vaultTokenFor(stack.context)).reveal()).not.toBe('');
  });
});
