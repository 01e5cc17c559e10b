import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sentence } from '../../../../shared/messages.ts';
import { Secret } from '../../../../shared/secret.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import { evaluate as evaluateIn, listOrderOf } from '../../../clients/vault/evaluate.ts';
import { policyRules } from '../../../clients/vault/policyRules.ts';
import { kesStep } from '../../kes/kesStep.ts';
import { startKes } from '../../kes/start.ts';
import { type AccessChain, accessCases, codes, own, startAccessChain, told } from './access.testSupport.ts';
import { enableEngine, readEngines, readKeyNames } from './engines.ts';
import { randomPolicies, somePaths } from './policyCases.testSupport.ts';
import { draftPolicy, writePolicy } from './policyDraft.ts';
import { planRole, writeRole } from './rolePlan.ts';
import { listRoles, readRole } from './roles.ts';
import { checkSimulation, simulate } from './simulation.ts';
import { makeTransitKey, readTransit, stopTransitRotation } from './transit.ts';

describe.each(accessCases)('access in $product with kv v$kvVersion', (which) => {
  const { kvVersion } = which;
  let chain: AccessChain;
  beforeAll(async () => {
    chain = await startAccessChain(which);
  });
  afterAll(async () => chain?.stop());

  it('finds engines with their version, and says where KES would be told the wrong one', async () => {
    const seen = await readEngines(chain.context);
    expect(seen.engines).toContainEqual({ mount: 'kv', type: 'kv', version: kvVersion });
    expect(told(seen.findings)).toEqual(['vaultAccessEngineFits']);
    const { engine } = await enableEngine(chain.context, 'second', 'kv', kvVersion === 1 ? 2 : 1);
    expect(engine.version).toBe(kvVersion === 1 ? 2 : 1);
    await expect(enableEngine(chain.context, 'second', 'kv', kvVersion)).rejects.toMatchObject({ code: 'kvVersionDiffers' });
    await expect(enableEngine(chain.context, 'second', 'transit', 1)).rejects.toMatchObject({ code: 'vaultMountTaken' });
    const listed = (await chain.json('secrets list')) as Record<string, { options: Record<string, string> | null }>;
    expect(listed['second/']?.options?.version ?? '1').toBe(String(engine.version));
  });

  it('tells an empty prefix from a missing right: KES answers 502 for both', async () => {
    expect(await readKeyNames(chain.context, {})).toMatchObject({ state: 'empty', total: 0 });
    await kesStep({ makeStranger: chain.makeStranger }).apply(chain.context, chain.context.inputs.kes);
    // What KES says of the empty folder, and of a folder that it may not list.
    await expect(withKes(chain.context, 'operator', (kes) => kes.listKeys())).rejects.toMatchObject({ code: 'kesKeyStore' });
    await withKes(chain.context, 'operator', (kes) => kes.createKey('minio-default'));
    const seen = await readKeyNames(chain.context, {});
    expect(seen).toMatchObject({ state: 'keys', total: 1, names: [{ name: 'minio-default', folder: false }] });
    for (const name of ['Not KES!', '-edge', 'folder/inner']) await chain.vault.kvWrite('kv', kvVersion, `minio/${name}`, { x: 'y' });
    const forbidden = (await readKeyNames(chain.context, {})).names
      .filter((one) => one.forbidden)
      .map((one) => [one.name, one.forbidden?.code]);
    expect(forbidden.toSorted()).toEqual([
      ['-edge', 'vaultAccessNameEdge'],
      ['Not KES!', 'vaultAccessNameSigns'],
      ['folder/', 'vaultAccessNameFolder'],
    ]);
    for (const name of ['Not KES!', '-edge', 'folder/inner']) await chain.vault.kvDelete('kv', kvVersion, `minio/${name}`);
    // A login without the right is told so.
    await chain.vault.writePolicy('reader', 'path "sys/internal/ui/mounts/*" { capabilities = ["read"] }');
    const narrow = await chain.vault.createToken(['reader'], 60);
    const root = chain.context.secrets.get('vault.init');
    await chain.context.secrets.delete('vault.init');
    await chain.context.secrets.set(
      'vault.operator',
      new Secret(JSON.stringify({ auth: 'token', mount: 'token', name: 'x', token: narrow.token.reveal() })),
    );
    expect(await readKeyNames(chain.context, { version: kvVersion })).toMatchObject({
      state: 'refused',
      findings: [{ text: { code: 'vaultAccessListRefused' } }],
    });
    await chain.context.secrets.delete('vault.operator');
    if (root) await chain.context.secrets.set('vault.init', root);
  });

  it('says that KES’s role lacks the right to list where names are there, which KES answers as it does an empty folder', async () => {
    const policy = (await chain.vault.policy('minio-key-policy')) ?? '';
    expect(told((await readRole(chain.context, own)).findings)).not.toContain('vaultRoleLacksList');
    await chain.vault.writePolicy('minio-key-policy', policy.replace(/, "list"|"list", /, ''));
    await expect(withKes(chain.context, 'operator', (kes) => kes.listKeys())).rejects.toMatchObject({ code: 'kesKeyStore' });
    expect((await readKeyNames(chain.context, {})).state).toBe('keys');
    expect(told((await readRole(chain.context, own)).findings)).toContain('vaultRoleLacksList');
    await chain.vault.writePolicy('minio-key-policy', policy);
    expect(await withKes(chain.context, 'operator', (kes) => kes.listKeys())).toHaveLength(1);
  });

  it('evaluates policies as the server does', async () => {
    const { cases, seed } = randomPolicies(40);
    const health = await chain.vault.health();
    const order = listOrderOf(health.product, health.version);
    const evaluate = (policies: Parameters<typeof evaluateIn>[0], path: string) => evaluateIn(policies, path, order);
    for (const [at, texts] of cases.entries()) {
      const names = texts.map((_, index) => `random-${index}`);
      for (const [index, text] of texts.entries()) await chain.vault.writePolicy(names[index] ?? '', text);
      const { token, accessor } = await chain.vault.createToken(names, 60);
      const paths = somePaths(seed + at, 60);
      const server = await chain.vault.capabilitiesOf(token, paths);
      await chain.vault.revokeAccessor(accessor);
      const policies = texts.map((text, index) => ({ name: names[index] ?? '', rules: policyRules(text) }));
      const differ = paths.filter((path) => evaluate(policies, path).capabilities.join() !== server[path]?.toSorted().join());
      expect({ seed: seed + at, texts, differ: differ.map((path) => [path, evaluate(policies, path), server[path]]) }).toMatchObject({
        differ: [],
      });
    }
  });

  it('generates the policy of a KES, shows what differs, writes it and reads it back', async () => {
    const wish = { name: 'kes-b-policy', mount: 'kv', version: kvVersion, prefix: 'cluster-b', allowDelete: true };
    const draft = await draftPolicy(chain.context, wish);
    expect(draft.before).toBeUndefined();
    expect(draft.lines.filter(({ line }) => line !== '}').every(({ why }) => why !== undefined)).toBe(true);
    expect(codes(await writePolicy(chain.context, { name: wish.name, policy: draft.policy, before: undefined }))).toEqual([
      'vaultSeenPolicy',
    ]);
    expect(await chain.json(`policy read ${wish.name}`)).toMatchObject({ policy: draft.policy });
    expect((await draftPolicy(chain.context, wish)).same).toBe(true);
    await expect(writePolicy(chain.context, { name: wish.name, policy: draft.policy, before: undefined })).rejects.toMatchObject({
      code: 'vaultPolicyMoved',
    });
    await expect(writePolicy(chain.context, { name: 'default', policy: draft.policy, before: undefined })).rejects.toMatchObject({
      code: 'vaultPolicyReserved',
    });
    await expect(writePolicy(chain.context, { name: 'bad', policy: 'path "x" { capabilities = ["fly"] }' })).rejects.toMatchObject({
      code: 'vaultPolicyUnreadable',
    });
    // Of the other version it would match nothing; and KES of this stack reaches into a prefix below its own.
    expect(told((await draftPolicy(chain.context, { ...wish, version: kvVersion === 1 ? 2 : 1 })).findings)).toContain(
      'vaultPolicyVersionDiffers',
    );
    expect(told((await draftPolicy(chain.context, { ...wish, prefix: 'minio/b' })).findings)).toContain('vaultPolicyOverlap');
    expect(told(draft.findings)).not.toContain('vaultPolicyOverlap');
  });

  it('simulates a text, a policy and a role, and asks the server for the same with a real token', async () => {
    const data = kvVersion === 2 ? 'kv/data' : 'kv';
    const list = kvVersion === 2 ? 'kv/metadata/minio/' : 'kv/minio/';
    const paths = [`${data}/minio/k`, `${data}/cluster-b/k`, list, 'sys/mounts', 'auth/token/renew-self'];
    const role = await checkSimulation(chain.context, { kind: 'role', ...own }, paths);
    expect(role.checked).toBeDefined();
    expect(role.rows.filter(({ differs }) => differs)).toEqual([]);
    expect(role.rows.map(({ local }) => local.includes('deny'))).toEqual([false, true, false, true, false]);
    const text = 'path "kv/+/k" { capabilities = ["read"] }\npath "kv/minio/*" { capabilities = ["deny"] }';
    expect(
      (await simulate(chain.context, { kind: 'text', policy: text }, ['kv/minio/k', 'kv/x/k'])).rows.map(({ local }) => local),
    ).toEqual([['deny'], ['read']]);
    const asked = await checkSimulation(chain.context, { kind: 'text', policy: text }, ['kv/minio/k', 'kv/x/k', 'kv/minio/']);
    expect(asked.rows.map(({ server, differs }) => [server, differs])).toEqual([
      [['deny'], false],
      [['read'], false],
      [['deny'], false],
    ]);
    // No probe policy, token or secret ID is left.
    expect((await chain.vault.policies()).filter((name) => name.startsWith('sealdeck-probe'))).toEqual([]);
    expect(await chain.vault.secretIdAccessors(own.mount, own.role)).toHaveLength(1);
  });

  it('changes just the fields of a role that differ, and keeps the others', async () => {
    const plan = await planRole(chain.context, own, { token_period: 600, secret_id_bound_cidrs: ['127.0.0.1/32'] });
    expect(plan.changes).toEqual([
      { field: 'secret_id_bound_cidrs', from: '', to: '127.0.0.1/32' },
      { field: 'token_period', from: '300', to: '600' },
    ]);
    const { role } = await writeRole(chain.context, own, { token_period: 600, secret_id_bound_cidrs: ['127.0.0.1/32'] }, plan.seen);
    expect(role.fields).toMatchObject({ token_policies: ['minio-key-policy'], token_period: 600 });
    const seen = (await chain.json('read auth/approle/role/kes-role')) as {
      data: { token_period: number; secret_id_bound_cidrs: string[] };
    };
    expect(seen.data).toMatchObject({ token_period: 600, secret_id_bound_cidrs: ['127.0.0.1/32'] });
    expect(await chain.shell([...role.commands, ...plan.commands])).toContain('token_period');
    await expect(writeRole(chain.context, own, { token_period: 300 }, plan.seen)).rejects.toMatchObject({ code: 'vaultRoleMoved' });
    await expect(planRole(chain.context, own, { token_ttl: 20, token_max_ttl: 10 })).rejects.toMatchObject({ code: 'vaultRoleTtls' });
    expect(
      told((await planRole(chain.context, own, { token_num_uses: 3, secret_id_num_uses: 2, token_policies: ['nowhere'] })).findings),
    ).toEqual(['vaultRoleTokenUses', 'vaultRoleSecretUses', 'vaultRolePeriod', 'vaultRoleCidrUses', 'vaultRolePolicyAbsent']);
    const fresh = await planRole(chain.context, { mount: 'approle', role: 'kes-b' }, { token_policies: ['kes-b-policy'] });
    expect(fresh).toMatchObject({ creates: true, seen: 'absent' });
    await writeRole(chain.context, { mount: 'approle', role: 'kes-b' }, { token_policies: ['kes-b-policy'] }, fresh.seen);
    expect((await listRoles(chain.context)).roles.map(({ role: name, kes, policies }) => [name, kes, policies])).toEqual([
      ['kes-b', false, ['kes-b-policy']],
      ['kes-role', true, ['minio-key-policy']],
    ]);
    // Each stays in its own prefix.
    const other = await checkSimulation(chain.context, { kind: 'role', mount: 'approle', role: 'kes-b' }, [
      kvVersion === 2 ? 'kv/data/minio/k' : 'kv/minio/k',
    ]);
    expect(other.rows).toMatchObject([{ local: ['deny'], server: ['deny'] }]);
  });

  it('seals KES’s keys with a transit key, and says when that key was or will be rotated', async () => {
    const made = await makeTransitKey(chain.context, 'transit', 'kes-seal');
    expect(codes(made.evidence)).toEqual(['vaultAccessSeenTransit', 'vaultTransitSeen']);
    const wish = {
      name: 'minio-key-policy',
      mount: 'kv',
      version: kvVersion,
      prefix: 'minio',
      allowDelete: true,
      transit: { mount: 'transit', key: 'kes-seal' },
    };
    const draft = await draftPolicy(chain.context, wish);
    await writePolicy(chain.context, { name: wish.name, policy: draft.policy, before: draft.before });
    const yaml = (await chain.context.folder.read('kes/kes.yaml')) ?? '';
    await chain.context.servers.stop('kes');
    await chain.context.folder.write('kes/kes.yaml', yaml.replace(/^ {4}approle:/m, `${made.lines.join('\n')}\n    approle:`), 0o600);
    await startKes(chain.context);
    await withKes(chain.context, 'operator', (kes) => kes.createKey('minio-sealed'));
    await withKes(chain.context, 'operator', (kes) => kes.generate('minio-sealed'));
    // A key from before the layer still opens.
    await withKes(chain.context, 'operator', (kes) => kes.generate('minio-default'));
    const record = await chain.vault.kvRead('kv', kvVersion, 'minio/minio-sealed');
    expect(record?.['minio-sealed']).toMatch(/^vault:v1:/);
    expect((await readTransit(chain.context)).inUse).toEqual({ mount: 'transit', key: 'kes-seal' });
    expect(await chain.json('read transit/keys/kes-seal')).toMatchObject({ data: { latest_version: 1 } });

    await chain.tool('write transit/keys/kes-seal/config auto_rotate_period=24h');
    const [before] = (await readTransit(chain.context)).mounts[0]?.keys ?? [];
    expect(told(before?.findings ?? [])).toEqual(['vaultTransitAutoRotates']);
    await expect(makeTransitKey(chain.context, 'transit', 'kes-seal')).rejects.toMatchObject({ code: 'vaultTransitUnfit' });
    expect(codes(await stopTransitRotation(chain.context, 'transit', 'kes-seal'))).toEqual(['vaultTransitSeenStopped']);
    // The trap itself: after a rotation KES stores a key that it does not know again.
    await chain.tool('write -f transit/keys/kes-seal/rotate');
    const [rotated] = (await readTransit(chain.context)).mounts[0]?.keys ?? [];
    expect(told(rotated?.findings ?? [])).toEqual(['vaultTransitRotated']);
    const after = await withKes(chain.context, 'operator', async (kes) => {
      await kes.createKey('minio-late');
      return kes.generate('minio-late');
    }).catch((error: { code?: string }) => error.code);
    expect(after).toBe('kesKeyStore');
    expect(sentence('en', { code: 'vaultTransitRotated', params: { name: 'kes-seal', version: 2 } })).toContain('vault:v1:');
  });
});
