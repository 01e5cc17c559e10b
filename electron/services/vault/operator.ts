import { randomBytes } from 'node:crypto';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { Evidence } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import type { AdminInput } from '../../../shared/vault.ts';
import { type KeptOperator, keyStoreOf, operatorLogin, readOperator, vaultFor } from '../../clients/vault/forStack.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';
import { seen } from '../../jobs/evidence.ts';
import type { StepContext } from '../../jobs/step.ts';
import { revoke } from './appRoleCredentials.ts';
import { type KesScope, operatorPolicy, probePolicyPrefix } from './policies.ts';
import { ensurePolicy } from './prepareStep.ts';

const userpassMount = 'userpass';

/** What the operator's policy has to cover: the first cluster's KES, then those of clusters that were added to its Vault. */
export function operatorScopes(stack: Stack): KesScope[] {
  const store = keyStoreOf({ stack });
  const further = stack.kesClusters.flatMap(({ keyStore, placeInStore }) => (keyStore === store.id && placeInStore ? [placeInStore] : []));
  return [store, ...further].map(({ engine, appRole }) => ({
    ...engine,
    appRoleMount: appRole.mount,
    role: appRole.role,
    kesPolicy: appRole.policy,
  }));
}

/** The text of the policy under that name. */
export function operatorPolicyFor(stack: Stack, name: string): string {
  const [first, ...further] = operatorScopes(stack);
  if (first === undefined) throw new AppError('vaultAbsent', { stack: stack.name });
  return operatorPolicy({ ...first, operatorPolicy: name }, further);
}

/** Where the operator logs in: a second AppRole lives beside the one of KES. */
export function operatorMount(context: Pick<StepContext, 'stack'>, input: AdminInput): string {
  return input.auth === 'userpass' ? userpassMount : keyStoreOf(context).appRole.mount;
}

/**
 * Makes the operator's login with root's token, unless the sealed one still works. Credentials are sealed before the
 * server learns them, so a kill loses nothing. Throws `vaultOperatorTaken`, `vaultMountTaken`.
 */
export async function ensureOperator(context: StepContext, root: VaultClient, input: AdminInput, policy: string): Promise<void> {
  const mount = operatorMount(context, input);
  const there = (await root.authMounts())[`${mount}/`];
  if (there !== undefined && there.type !== input.auth) throw new AppError('vaultMountTaken', { mount: `auth/${mount}`, type: there.type });
  if (there === undefined) {
    await root.enableAuth(mount, input.auth);
    await context.journal(say('vaultJournalAuth', { mount, type: input.auth }));
  }
  await ensurePolicy(context, root, input.name, policy);
  const kept = readOperator(context);
  const ours = kept !== undefined && kept.auth === input.auth && kept.mount === mount && kept.name === input.name ? kept : undefined;
  if (ours !== undefined && (await logsIn(context, root, ours))) return;
  if (input.auth === 'userpass') await makeUser(context, root, input, mount, ours !== undefined);
  else await makeRole(context, root, input, mount, ours !== undefined);
  await context.journal(say('vaultJournalOperator', { name: input.name, mount }));
}

async function makeUser(context: StepContext, root: VaultClient, input: AdminInput, mount: string, ours: boolean): Promise<void> {
  if (!ours && (await root.userExists(mount, input.name))) throw new AppError('vaultOperatorTaken', { name: input.name });
  const password = new Secret(randomBytes(24).toString('base64url'));
  await seal(context, { auth: 'userpass', mount, name: input.name, password: password.reveal() });
  await root.writeUser(mount, input.name, { password, policies: [input.name], ttl: '30m', maxTtl: '1h' });
}

async function makeRole(context: StepContext, root: VaultClient, input: AdminInput, mount: string, ours: boolean): Promise<void> {
  if (!ours && (await root.appRole(mount, input.name)) !== undefined) throw new AppError('vaultOperatorTaken', { name: input.name });
  // Sealed with an id that opens nothing yet: a kill after the role was made must find it to be ours.
  await seal(context, { auth: 'approle', mount, name: input.name, roleId: 'none', secretId: 'none' });
  await root.writeAppRole(mount, input.name, {
    token_policies: [input.name],
    token_ttl: 1800,
    token_max_ttl: 3600,
    secret_id_num_uses: 0,
    secret_id_ttl: 0,
  });
  const roleId = await root.roleId(mount, input.name);
  const made = await root.createSecretId(mount, input.name, { by: 'sealdeck', stack: context.stack.id });
  await seal(context, { auth: 'approle', mount, name: input.name, roleId, secretId: made.secretId.reveal() });
  for (const accessor of await root.secretIdAccessors(mount, input.name))
    if (accessor !== made.accessor) await root.destroySecretId(mount, input.name, accessor);
}

async function seal(context: StepContext, operator: KeptOperator): Promise<void> {
  await context.secrets.set('vault.operator', new Secret(JSON.stringify(operator)));
}

/** One try: failures count towards the lock-out. */
async function logsIn(context: StepContext, root: VaultClient, operator: KeptOperator): Promise<boolean> {
  const client = await vaultFor(context);
  try {
    await revoke(context, (await operatorLogin(client, operator)).token);
    return true;
  } catch (error) {
    if (isAppError(error, 'vaultLoginRefused')) return false;
    if (!isAppError(error, 'vaultLoginLocked')) throw error;
    const accessor = (await root.authMounts())[`${operator.mount}/`]?.accessor ?? '';
    const alias = operator.auth === 'approle' ? operator.roleId : operator.name;
    if ((await root.lockedUsers(accessor)).includes(alias)) await root.unlockUser(accessor, alias);
    return false;
  } finally {
    await client.close();
  }
}

/**
 * Logs in as the operator, makes, reads and removes a probe policy, and lists the keys. Throws what the server refuses,
 * `vaultProofFailed` when it takes a change without having made it.
 */
export async function proveOperator(context: StepContext): Promise<Evidence[]> {
  const operator = readOperator(context);
  if (operator === undefined) throw new AppError('vaultNoToken', { stack: context.stack.name });
  const { engine } = keyStoreOf(context);
  const anonymous = await vaultFor(context);
  const login = await operatorLogin(anonymous, operator).finally(() => anonymous.close());
  const client = await vaultFor(context, login.token);
  try {
    const name = `${probePolicyPrefix}${randomBytes(4).toString('hex')}`;
    const policy = `path "${engine.mount}/${probePolicyPrefix}nothing" {\n  capabilities = ["deny"]\n}\n`;
    await client.writePolicy(name, policy);
    const read = await client.policy(name);
    if (read !== policy) throw new AppError('vaultProofFailed', { what: 'read', path: `sys/policies/acl/${name}`, reason: read ?? '404' });
    await removeProbePolicies(client);
    if ((await client.policy(name)) !== undefined)
      throw new AppError('vaultProofFailed', { what: 'delete', path: `sys/policies/acl/${name}`, reason: '200' });
    const keys = await client.kvList(engine.mount, engine.version, engine.prefix);
    return [
      seen('vault', say('vaultSeenOperator', { name: operator.name, mount: operator.mount, policies: login.policies.join(', ') })),
      seen('vault', say('vaultSeenProbePolicy', { name }), `PUT 204, GET 200, DELETE 204, GET 404: sys/policies/acl/${name}`),
      seen('vault', say('vaultSeenKeys', { count: keys.length, prefix: `${engine.mount}/${engine.prefix}/` }), keys.slice(0, 20)),
    ];
  } finally {
    await client.close();
    // A token that was given is the user's own.
    if (operator.auth !== 'token') await revoke(context, login.token);
  }
}

/** Also those of runs that were killed. */
async function removeProbePolicies(client: VaultClient): Promise<void> {
  for (const name of await client.policies()) if (name.startsWith(probePolicyPrefix)) await client.deletePolicy(name);
}
