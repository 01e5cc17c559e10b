import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sentence } from '../../../shared/messages.ts';
import { Secret } from '../../../shared/secret.ts';
import { startTestChain, type TestChain } from '../../clients/chain.testSupport.ts';
import { kesFor } from '../../clients/kes/forStack.ts';
import { makeTestIdentity } from '../../clients/kes/kes.testSupport.ts';
import { vaultTokenFor } from '../../clients/vault/forStack.ts';
import { createKes } from './handlers.ts';
import { kesStep } from './kesStep.ts';
import { keyStep } from './keyStep.ts';

describe.each([
  { product: 'openbao', kvVersion: 2 },
  { product: 'vault', kvVersion: 1 },
] as const)('KES on $product with kv v$kvVersion', ({ product, kvVersion }) => {
  let chain: TestChain;
  let step: ReturnType<typeof kesStep>;
  const key = keyStep({ vaultToken: vaultTokenFor });
  beforeAll(async () => {
    chain = await startTestChain({ product, kvVersion });
    step = kesStep({ makeStranger: chain.makeStranger });
  });
  afterAll(async () => chain?.stop());

  it('plans without changing anything, secrets as variables', async () => {
    const plan = await step.plan(chain.context, chain.context.inputs.kes);
    const content = plan.files[0]?.content ?? '';
    expect(content).toContain('secret: "$' + '{KES_APPROLE_SECRET}"');
    expect(plan.changes.map((change) => change.code)).toEqual(['kesPlanWrite', 'kesPlanStart']);
    expect(await chain.context.folder.read('kes/kes.yaml')).toBeUndefined();
    expect(JSON.stringify(plan)).not.toContain(JSON.parse(chain.context.secrets.get('kes.approle')?.reveal() ?? '').secretId);
  });

  it('starts, lets MinIO do what it needs and nothing more, and a stranger nothing', async () => {
    await step.apply(chain.context, chain.context.inputs.kes);
    expect(await chain.context.folder.mode('kes/kes.yaml')).toBe(0o600);
    const evidence = await step.check(chain.context, chain.context.inputs.kes);
    const lines = evidence.map((one) => `${one.outcome} ${sentence('en', one.text)} [${one.answer}]`);
    expect(evidence.filter((one) => one.outcome === 'fail' || one.outcome === 'warn')).toEqual([]);
    expect(lines).toContainEqual(expect.stringMatching(/^info MinIO’s identity may list keys; Vault’s folder is still empty.*502/));
    expect(lines).toContainEqual(expect.stringMatching(/generate minio-default; the key does not exist yet \[404/));
    expect(lines).toContainEqual(expect.stringMatching(/generate outside, a name outside minio-\* \[403/));
    expect(lines).toContainEqual(expect.stringMatching(/A stranger with a fresh certificate is refused on all 9 routes/));
    expect(lines).toContainEqual(expect.stringMatching(/Without a client certificate KES ends the connection/));
  });

  it('does nothing the second time', async () => {
    const before = chain.journal.length;
    await step.apply(chain.context, chain.context.inputs.kes);
    expect(chain.journal.length).toBe(before);
  });

  it('starts again with a renewed certificate, so that no old one stays in use', async () => {
    const renewed = await makeTestIdentity('server');
    const { folder } = chain.context;
    const bundle = (await folder.read('certs/ca.crt')) ?? '';
    const old = (await folder.read('certs/kes.crt')) ?? '';
    await folder.write('certs/kes.crt', renewed.cert, 0o644);
    await folder.write('certs/kes.key', renewed.key.reveal(), 0o600);
    await folder.write('certs/ca.crt', bundle.replace(old, renewed.cert), 0o644);
    await step.apply(chain.context, chain.context.inputs.kes);
    await step.check(chain.context, chain.context.inputs.kes);
  });

  it('makes the key, sees it in Vault, and opens what it sealed', async () => {
    await key.apply(chain.context, { name: 'minio-default' });
    await key.apply(chain.context, { name: 'minio-default' });
    expect(chain.journal.filter((entry) => entry.code === 'keyJournalCreated')).toHaveLength(1);
    const evidence = await key.check(chain.context, { name: 'minio-default' });
    expect(evidence.map((one) => one.text.code)).toEqual(['keyDescribed', 'keyInStore', 'keyRoundTrip', 'keyDataKey', 'kesMinioOutside']);
    await expect(key.apply(chain.context, { name: 'other' })).rejects.toMatchObject({ code: 'kesKeyOutside' });
  });

  it('shows commands that work as they stand', async () => {
    const kes = (await step.plan(chain.context, chain.context.inputs.kes)).commands;
    const keys = (await key.plan(chain.context, { name: 'minio-by-hand' })).commands;
    const output = await chain.shell(kes.filter(({ line }) => !line?.startsWith('kes server')).concat(keys));
    expect(output).toContain(chain.context.stack.identities[0]?.hash);
    expect(output).toContain('minio-by-hand');
    await chain.vault.kvDelete('kv', kvVersion, 'minio/minio-by-hand');
  });

  it('says that the identity is refused when kes.yaml names another one', async () => {
    const file = (await chain.context.folder.read('kes/kes.yaml')) ?? '';
    const minio = chain.context.stack.identities[0]?.hash ?? '';
    await chain.context.servers.stop('kes');
    await chain.context.folder.write('kes/kes.yaml', file.replace(minio, 'ab'.repeat(32)), 0o600);
    await chain.context.servers.start('kes', 'kes', { args: ['server', '--config', chain.context.folder.path('kes/kes.yaml')] });
    await expect.poll(() => step.check(chain.context, chain.context.inputs.kes).catch((error) => error.code)).toBe('kesTooLittle');
    // Running the step again is the way out that the message names.
    await step.apply(chain.context, chain.context.inputs.kes);
    await step.check(chain.context, chain.context.inputs.kes);
  });

  it('calls KES working only while its credentials are alive', async () => {
    const { handlers } = createKes({
      open: async () => chain.context,
      makeStranger: chain.makeStranger,
      vaultToken: vaultTokenFor,
      publish: () => undefined,
      jobs: undefined as never,
      log: { info: () => undefined, error: () => undefined },
    });
    const call = { signal: new AbortController().signal, host: 'cli' } as const;
    const status = async () => (await handlers['kes.status']({ stackId: 'test' }, call)).nodes[0];
    expect(await status()).toMatchObject({ state: 'working', node: 'kes-1' });
    expect(await handlers['kes.keys']({ stackId: 'test' }, call)).toMatchObject({ keys: [{ name: 'minio-default' }] });

    // KES's own token is revoked: status and ready stay green, only a question to Vault tells.
    const role = await chain.vault.secretIdAccessors('approle', 'kes-role');
    for (const accessor of role) await chain.vault.destroySecretId('approle', 'kes-role', accessor);
    const tokens = (await chain.vault.attempt('GET', 'auth/token/accessors?list=true')).json as { data: { keys: string[] } };
    const own = (await chain.vault.lookupSelf()).accessor;
    for (const accessor of tokens.data.keys) if (accessor !== own) await chain.vault.revokeAccessor(accessor);
    expect(await status()).toMatchObject({ state: 'credentialsDead', error: { code: 'kesKeyStore' } });
  });

  it('says that Vault refuses a stale secret id, and recovers with a new one', async () => {
    await chain.context.servers.stop('kes');
    await expect(step.apply(chain.context, chain.context.inputs.kes)).rejects.toMatchObject({ code: 'kesVaultRefused' });
    await chain.newSecretId();
    await step.apply(chain.context, chain.context.inputs.kes);
    await key.check(chain.context, { name: 'minio-default' });
  });

  it('says that the role is locked out after too many failed log-ins', async () => {
    await chain.context.servers.stop('kes');
    const { roleId } = JSON.parse(chain.context.secrets.get('kes.approle')?.reveal() ?? '{}') as { roleId: string };
    for (let index = 0; index < 6; index++)
      await chain.anonymous.appRoleLogin('approle', roleId, new Secret('00000000-0000-0000-0000-000000000000')).catch(() => undefined);
    await expect(step.apply(chain.context, chain.context.inputs.kes)).rejects.toMatchObject({ code: 'kesVaultLockedOut' });
    await chain.vault.attempt('POST', `sys/locked-users/${(await chain.vault.authMounts())['approle/']?.accessor}/unlock/${roleId}`);
    await step.apply(chain.context, chain.context.inputs.kes);
  });

  // Both products seal alike, and KES waits before it gives up.
  if (product === 'openbao') {
    it('says that Vault is sealed, while it runs and when it starts', async () => {
      await chain.vault.seal();
      const kes = await kesFor(chain.context, 'operator');
      expect((await kes.status()).keystore_unreachable).toBe(true);
      await kes.close();
      await expect(step.check(chain.context, chain.context.inputs.kes)).rejects.toMatchObject({ code: 'kesKeyStoreUnreachable' });
      await chain.context.servers.stop('kes');
      await expect(step.apply(chain.context, chain.context.inputs.kes)).rejects.toMatchObject({ code: 'kesVaultSealed' });
      await chain.unseal();
      await step.apply(chain.context, chain.context.inputs.kes);
      await key.check(chain.context, { name: 'minio-default' });
    });

    it('says that Vault is not there', async () => {
      await chain.context.servers.stop('kes');
      await chain.context.servers.stop('vault');
      await expect(step.apply(chain.context, chain.context.inputs.kes)).rejects.toMatchObject({ code: 'kesVaultUnreachable' });
    });
  }
});
