import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import { waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { vaultFor } from '../../../clients/vault/forStack.ts';
import { createKes } from '../../kes/handlers.ts';
import { kesStep } from '../../kes/kesStep.ts';
import { replaceSecretId } from '../../kes/secretId.ts';
import { startKes } from '../../kes/start.ts';
import { type AccessChain, accessCases, codes, own, startAccessChain, told } from './access.testSupport.ts';
import { keptSecretId, keptSecretIds } from './kept.ts';
import { revokeFacts, revokeSecretId } from './revoking.ts';
import { readRole } from './roles.ts';
import { rotateSecretId } from './rotation.ts';
import { makeSecretId, saveWrapped, unwrapSecretId } from './secretIds.ts';
import { tryLogin, unlockRole } from './tryLogin.ts';

describe.each(accessCases)('secret IDs in $product with kv v$kvVersion', (which) => {
  let chain: AccessChain;
  beforeAll(async () => {
    chain = await startAccessChain(which);
    await chain.vault.writeAppRole('approle', 'kes-b', { token_policies: ['minio-key-policy'] });
    await kesStep({ makeStranger: chain.makeStranger }).apply(chain.context, chain.context.inputs.kes);
    await withKes(chain.context, 'operator', (kes) => kes.createKey('minio-default'));
  });
  afterAll(async () => chain?.stop());

  it('makes a secret ID into the store, tries it once, and destroys it with the token that it gave', async () => {
    const { accessor } = await makeSecretId(chain.context, own, { note: 'for a test', ttlSeconds: 86_400 });
    const row = (await readRole(chain.context, own)).secretIds?.find((one) => one.accessor === accessor);
    expect(row).toMatchObject({ held: 'kept', tokens: 0, metadata: { by: 'sealdeck-access', note: 'for a test' } });
    expect(told(row?.findings ?? [])).toEqual(['vaultSecretIdEnds']);
    expect(codes(await tryLogin(chain.context, own, accessor))).toEqual(['vaultSeenLogin', 'vaultAccessSeenTokenEnded']);
    const secretId = new Secret(keptSecretId(chain.context, accessor)?.secretId ?? '');
    const anonymous = await vaultFor(chain.context);
    const login = await anonymous.appRoleLogin(own.mount, await chain.vault.roleId(own.mount, own.role), secretId);
    await anonymous.close();
    const facts = await revokeFacts(chain.context, own, accessor);
    expect(facts.kes).toBe(false);
    expect(facts.tokens?.filter(({ its }) => its).map((token) => token.accessor)).toEqual([login.accessor]);
    // Trap 16: destroyed alone, its token lives on.
    await chain.vault.destroySecretId(own.mount, own.role, accessor);
    expect((await chain.vault.lookupSelf(login.token)).accessor).toBe(login.accessor);
    const again = await makeSecretId(chain.context, own, {});
    const second = new Secret(keptSecretId(chain.context, again.accessor)?.secretId ?? '');
    const client = await vaultFor(chain.context);
    const other = await client.appRoleLogin(own.mount, await chain.vault.roleId(own.mount, own.role), second);
    await client.close();
    const done = await revokeSecretId(chain.context, own, again.accessor, 'its');
    expect(done.revoked).toBe(1);
    expect(codes(done.evidence)).toEqual(['vaultAccessSeenSecretIdGone', 'vaultAccessSeenTokensGone', 'vaultAccessTokensLeft']);
    await expect(chain.vault.lookupSelf(other.token)).rejects.toMatchObject({ code: 'vaultPermissionDenied' });
    expect(keptSecretId(chain.context, again.accessor)).toBeUndefined();
    // KES was left alone.
    expect(
      codes(
        await createKes({ ...deps(chain), makeStranger: chain.makeStranger, vaultToken: async () => new Secret('') }).proveWorks(
          chain.context,
        ),
      ),
    ).toEqual(['kesWorks']);
  });

  it('opens a wrapped secret ID after a look at where it comes from, and destroys one that somebody else opened', async () => {
    const { accessor } = await makeSecretId(chain.context, own, { wrapSeconds: 120 });
    expect(keptSecretId(chain.context, accessor)).toMatchObject({ wrapping: { path: 'auth/approle/role/kes-role/secret-id' } });
    expect(keptSecretId(chain.context, accessor)?.secretId).toBeUndefined();
    const { file, commands } = await saveWrapped(chain.context, own, accessor);
    expect((await readFile(file, 'utf8')).length).toBeGreaterThan(20);
    expect(commands.map(({ line }) => line).join('\n')).not.toContain(await readFile(file, 'utf8'));
    expect(codes((await unwrapSecretId(chain.context, own, { accessor })).evidence)).toEqual([
      'vaultAccessSeenWrapPath',
      'vaultAccessSeenUnwrapped',
    ]);
    expect(codes(await tryLogin(chain.context, own, accessor))).toContain('vaultSeenLogin');

    // By the lines that are shown with it, as somebody would who took the file.
    const stolen = await makeSecretId(chain.context, own, { wrapSeconds: 120 });
    const taken = await saveWrapped(chain.context, own, stolen.accessor);
    const sealed = chain.context.folder.path('opened.json');
    await chain.shell([{ line: `SEALED_FILE=${sealed}` }, ...taken.commands]);
    expect(await readFile(sealed, 'utf8')).toContain('secret_id_accessor');
    await expect(unwrapSecretId(chain.context, own, { accessor: stolen.accessor })).rejects.toMatchObject({ code: 'vaultWrapOpened' });
    expect(await chain.vault.secretIdAccessors(own.mount, own.role)).not.toContain(stolen.accessor);

    // Given from outside: another role's, and one that opens nothing.
    const foreign = await chain.vault.makeWrappedSecretId('approle', 'kes-b', { metadata: {} }, 60);
    await expect(unwrapSecretId(chain.context, own, { token: foreign.token })).rejects.toMatchObject({ code: 'vaultWrapPathDiffers' });
    await expect(unwrapSecretId(chain.context, own, { token: new Secret('s.none') })).rejects.toMatchObject({ code: 'vaultWrapUnknown' });
    const given = await chain.vault.makeWrappedSecretId(own.mount, own.role, { metadata: {} }, 60);
    const opened = await unwrapSecretId(chain.context, own, { token: given.token });
    expect(keptSecretId(chain.context, opened.accessor)?.secretId).toBeDefined();
  });

  it('gives KES another secret ID: tried first, KES restarted and asked for a key, the old one destroyed', async () => {
    const before = JSON.parse(chain.context.secrets.get('kes.approle')?.reveal() ?? '{}') as { accessor: string; secretId: string };
    const evidence = await rotate(chain);
    expect(codes(evidence).slice(0, 4)).toEqual(['vaultSeenLogin', 'vaultAccessSeenTokenEnded', 'vaultAccessSeenRestarted', 'kesWorks']);
    const after = JSON.parse(chain.context.secrets.get('kes.approle')?.reveal() ?? '{}') as { accessor: string; secretId: string };
    expect(after.accessor).not.toBe(before.accessor);
    const accessors = await chain.vault.secretIdAccessors(own.mount, own.role);
    expect(accessors).toContain(after.accessor);
    expect(accessors).not.toContain(before.accessor);
    expect(await chain.context.folder.read('kes/kes.yaml')).toContain(after.secretId);
    expect(await chain.context.folder.read('kes/kes.yaml')).not.toContain(before.secretId);
    // The step agrees with what was written, so it would not restart KES.
    await kesStep({ makeStranger: chain.makeStranger }).check(chain.context, chain.context.inputs.kes);
    expect(keptSecretIds(chain.context).filter(({ rotation }) => rotation)).toEqual([]);
  });

  it('puts the old one back when KES does not start with the new one', async () => {
    const before = chain.context.secrets.get('kes.approle')?.reveal();
    const failing = {
      replaceSecretId,
      proveKes: async () =>
        Promise.reject((await import('../../../../shared/rpc/errors.ts')).AppError.of({ code: 'kesKeyStore', details: { url: 'x' } })),
    };
    await expect(rotateSecretId(chain.context, failing, () => undefined, new AbortController().signal)).rejects.toMatchObject({
      code: 'kesKeyStore',
    });
    expect(chain.context.secrets.get('kes.approle')?.reveal()).toBe(before);
    expect(await chain.context.folder.read('kes/kes.yaml')).toContain((JSON.parse(before ?? '{}') as { secretId: string }).secretId);
    await waitUntil(async () => (await withKes(chain.context, 'operator', (kes) => kes.generate('minio-default'))) !== undefined);
    // The next run goes on with the one that is there.
    const left = keptSecretIds(chain.context).find(({ rotation }) => rotation)?.accessor;
    await rotate(chain);
    expect((JSON.parse(chain.context.secrets.get('kes.approle')?.reveal() ?? '{}') as { accessor: string }).accessor).toBe(left);
  });

  it('does not hide a defect while the old one is put back, and knows which one KES has', async () => {
    const before = chain.context.secrets.get('kes.approle')?.reveal();
    let calls = 0;
    const failing = {
      replaceSecretId: async (...args: Parameters<typeof replaceSecretId>) => {
        await replaceSecretId(...args);
        calls += 1;
        if (calls === 2) throw new TypeError('a defect');
      },
      proveKes: () => Promise.reject(new AppError('kesKeyStore', { host: 'kes', route: '/', reason: 'x' })),
    };
    await expect(rotateSecretId(chain.context, failing, () => undefined, new AbortController().signal)).rejects.toThrow('a defect');
    expect(chain.context.secrets.get('kes.approle')?.reveal()).toBe(before);
    await rotate(chain);
  });

  it('after a kill in the middle, goes on with the same one and still ends the old one', async () => {
    const before = accessorOfKes(chain);
    const killed = { replaceSecretId, proveKes: async () => Promise.reject(new Error('killed')) };
    await expect(rotateSecretId(chain.context, killed, () => undefined, new AbortController().signal)).rejects.toThrow('killed');
    const begun = accessorOfKes(chain);
    expect(await chain.vault.secretIdAccessors(own.mount, own.role)).toEqual(expect.arrayContaining([before, begun]));
    await rotate(chain);
    expect(accessorOfKes(chain)).toBe(begun);
    expect(await chain.vault.secretIdAccessors(own.mount, own.role)).not.toContain(before);
  });

  it('two rotations at once come one after the other: KES works with what is kept, and everything before it is destroyed', async () => {
    const before = accessorOfKes(chain);
    const accessors: string[] = [];
    const both = [rotate(chain), rotate(chain)].map((one) => one.then(() => accessors.push(accessorOfKes(chain))));
    await Promise.all(both);
    expect(new Set([before, ...accessors]).size).toBe(3);
    const left = await chain.vault.secretIdAccessors(own.mount, own.role);
    expect([before, ...accessors].filter((one) => left.includes(one))).toEqual([accessorOfKes(chain)]);
    await kesStep({ makeStranger: chain.makeStranger }).check(chain.context, chain.context.inputs.kes);
  });

  it('while a rotation gives KES its new secret ID, nobody else writes KES’s file: neither change is lost', async () => {
    const step = kesStep({ makeStranger: chain.makeStranger });
    const input = { ...chain.context.inputs.kes, cacheUnused: '41s' };
    const proveKes = createKes({ ...deps(chain), makeStranger: chain.makeStranger, vaultToken: async () => new Secret('') }).proveWorks;
    let edit: Promise<void> | undefined;
    const kes = {
      proveKes,
      // Right after the file was written, and before the store knows of it: the old secret ID would be written back.
      replaceSecretId: async (...args: Parameters<typeof replaceSecretId>) => {
        await replaceSecretId(...args);
        edit = step.apply(chain.context, input);
        await Promise.race([edit, pause(2_000)]);
      },
    };
    await rotateSecretId(chain.context, kes, () => undefined, new AbortController().signal);
    await edit;
    const { secretId } = JSON.parse(chain.context.secrets.get('kes.approle')?.reveal() ?? '{}') as { secretId: string };
    const yaml = (await chain.context.folder.read('kes/kes.yaml')) ?? '';
    expect([yaml.includes(secretId), yaml.includes('unused: 41s')]).toEqual([true, true]);
    await step.check(chain.context, input);
  });

  it('never sends a refused secret ID again; a role that others locked out is shown and unlocked', async () => {
    const { accessor } = await makeSecretId(chain.context, own, {});
    await chain.vault.destroySecretId(own.mount, own.role, accessor);
    await expect(tryLogin(chain.context, own, accessor)).rejects.toMatchObject({ code: 'vaultLoginRefused' });
    await expect(tryLogin(chain.context, own, accessor)).rejects.toMatchObject({ code: 'vaultSecretIdStale' });
    expect((await readRole(chain.context, own)).locked).toBe(false);
    // KES itself, with a stale secret ID, restarted as its unit would.
    const yaml = (await chain.context.folder.read('kes/kes.yaml')) ?? '';
    const { secretId } = JSON.parse(chain.context.secrets.get('kes.approle')?.reveal() ?? '{}') as { secretId: string };
    await chain.context.servers.stop('kes');
    await chain.context.folder.write('kes/kes.yaml', yaml.replace(secretId, 'stale'), 0o600);
    for (let starts = 0; starts < 6; starts += 1) await startKes(chain.context).catch(() => undefined);
    const locked = await readRole(chain.context, own);
    expect(locked.locked).toBe(true);
    expect(told(locked.findings)).toContain('vaultRoleLocked');
    const fresh = await makeSecretId(chain.context, own, {});
    // Not one more try while it is locked.
    await expect(tryLogin(chain.context, own, fresh.accessor)).rejects.toMatchObject({ code: 'vaultRoleIsLocked' });
    expect(codes(await unlockRole(chain.context, own))).toEqual(['vaultAccessSeenUnlocked']);
    expect(codes(await tryLogin(chain.context, own, fresh.accessor))).toContain('vaultSeenLogin');
    expect(codes(await unlockRole(chain.context, own))).toEqual(['vaultAccessSeenNotLocked']);
    // Locked again, KES is given a new secret ID in one go: it is ended, the role unlocked, and KES works.
    for (let starts = 0; starts < 6; starts += 1) await startKes(chain.context).catch(() => undefined);
    expect((await readRole(chain.context, own)).locked).toBe(true);
    await chain.context.folder.write('kes/kes.yaml', yaml, 0o600);
    expect(codes(await rotate(chain))).toEqual(expect.arrayContaining(['vaultAccessSeenUnlocked', 'vaultSeenLogin', 'kesWorks']));
    expect((await readRole(chain.context, own)).locked).toBe(false);
  });
});

function deps(chain: AccessChain) {
  const nothing = undefined as never;
  return { open: async () => chain.context, publish: () => undefined, jobs: nothing, log: nothing };
}

function accessorOfKes(chain: AccessChain): string {
  return (JSON.parse(chain.context.secrets.get('kes.approle')?.reveal() ?? '{}') as { accessor: string }).accessor;
}

function rotate(chain: AccessChain): Promise<Evidence[]> {
  const kes = createKes({ ...deps(chain), makeStranger: chain.makeStranger, vaultToken: async () => new Secret('') });
  return rotateSecretId(chain.context, { replaceSecretId, proveKes: kes.proveWorks }, () => undefined, new AbortController().signal);
}
