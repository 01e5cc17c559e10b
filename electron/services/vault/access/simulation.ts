import { randomBytes } from 'node:crypto';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import { say, type Text } from '../../../../shared/text.ts';
import type { Simulation } from '../../../../shared/vaultAccess.ts';
import { evaluate, type ListOrder, listOrderOf } from '../../../clients/vault/evaluate.ts';
import { withVault } from '../../../clients/vault/forStack.ts';
import { type NamedPolicy, policyRules } from '../../../clients/vault/policyRules.ts';
import type { VaultClient } from '../../../clients/vault/vaultClient.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { probePolicyPrefix } from '../policies.ts';

export type Subject = { kind: 'text'; policy: string } | { kind: 'policy'; name: string } | { kind: 'role'; mount: string; role: string };

/** What is evaluated: the policies of a role are its own and `default`, which every token has. */
async function policiesOf(client: VaultClient, of: Subject): Promise<NamedPolicy[]> {
  if (of.kind === 'text') return [{ name: '', rules: policyRules(of.policy) }];
  if (of.kind === 'policy') {
    const text = await client.policy(of.name);
    if (text === undefined) throw new AppError('vaultPolicyAbsent', { name: of.name });
    return [{ name: of.name, rules: policyRules(text) }];
  }
  const role = await client.appRole(of.mount, of.role);
  if (role === undefined) throw new AppError('vaultRoleAbsent', { role: of.role, mount: of.mount });
  const names = [...(role.token_policies ?? []), ...(role.token_no_default_policy ? [] : ['default'])];
  const texts = await Promise.all(names.map((name) => client.policy(name).catch(readable)));
  return names.flatMap((name, at) => (texts[at] === undefined ? [] : [{ name, rules: policyRules(texts[at]) }]));
}

/** An operator's login may read its own policies only; what it may not read counts as not there, and the server's answer shows it. */
function readable(error: unknown): undefined {
  if (isAppError(error, 'vaultPermissionDenied')) return undefined;
  throw error;
}

/** By Vault's rules, evaluated here. Throws `vaultPolicyUnreadable`, `vaultPolicyAbsent`, `vaultRoleAbsent`. */
export async function simulate(access: StackAccess, of: Subject, paths: readonly string[]): Promise<Simulation> {
  return withVault(access, async (client) => ({ rows: rowsOf(await policiesOf(client, of), paths, await listOrder(client)) }));
}

async function listOrder(client: VaultClient): Promise<ListOrder> {
  const { product, version } = await client.health();
  return listOrderOf(product, version);
}

function rowsOf(
  policies: readonly NamedPolicy[],
  paths: readonly string[],
  order: ListOrder,
  server?: Record<string, string[]>,
): Simulation['rows'] {
  const answers = new Map(Object.entries(server ?? {}));
  return paths.map((path) => {
    const { capabilities, rule, conditions } = evaluate(policies, path, order);
    const answer = answers.get(path) ?? answers.get(path.replace(/^\/+/, ''));
    const said = answer?.toSorted();
    return {
      path,
      local: [...capabilities],
      ...(rule === undefined ? {} : { rule }),
      conditions: [...conditions],
      ...(said === undefined ? {} : { server: said }),
      differs: said !== undefined && said.join() !== capabilities.join(),
    };
  });
}

/** The same, beside `sys/capabilities-self` of a real token. Where none can be had it says why, and the rest stands. */
export async function checkSimulation(access: StackAccess, of: Subject, paths: readonly string[]): Promise<Simulation> {
  return withVault(access, async (client) => {
    const policies = await policiesOf(client, of);
    const order = await listOrder(client);
    try {
      const { token, by, end } = await tokenFor(client, of);
      try {
        const server = await capabilitiesOf(access, client, token, paths);
        return { rows: rowsOf(policies, paths, order, server), checked: { by, at: new Date().toISOString() } };
      } finally {
        await end();
      }
    } catch (error) {
      if (!isAppError(error, 'vaultPermissionDenied')) throw error;
      return { rows: rowsOf(policies, paths, order), why: say('vaultSimulateNoToken', { path: String(error.details.path) }) };
    }
  });
}

/** Asked by the administrator where that may be, else by the token itself, which needs `default` for it. */
async function capabilitiesOf(
  access: StackAccess,
  client: VaultClient,
  token: Secret,
  paths: readonly string[],
): Promise<Record<string, string[]>> {
  try {
    return await client.capabilitiesOf(token, paths);
  } catch (error) {
    if (!isAppError(error, 'vaultPermissionDenied')) throw error;
    return withVault(access, (asking) => asking.capabilitiesSelf(paths), token);
  }
}

interface Borrowed {
  token: Secret;
  by: Text;
  end(): Promise<void>;
}

/** A token of a minute. A role's comes from one log-in with a secret ID of its own, so that none of the role's is used up. */
async function tokenFor(client: VaultClient, of: Subject): Promise<Borrowed> {
  const end = (accessor: string) => async (): Promise<void> => void (await client.revokeAccessor(accessor));
  if (of.kind === 'role') {
    const { secretId, accessor } = await client.makeSecretId(of.mount, of.role, {
      metadata: { by: 'sealdeck-probe' },
      uses: 1,
      ttlSeconds: 60,
    });
    try {
      const login = await client.appRoleLogin(of.mount, await client.roleId(of.mount, of.role), secretId);
      return { token: login.token, by: say('vaultSimulateByRole', { role: of.role }), end: end(login.accessor) };
    } finally {
      await client.destroySecretId(of.mount, of.role, accessor);
    }
  }
  if (of.kind === 'policy') {
    const made = await client.createToken([of.name], 60);
    return { token: made.token, by: say('vaultSimulateByPolicy', { policy: of.name }), end: end(made.accessor) };
  }
  const name = `${probePolicyPrefix}${randomBytes(4).toString('hex')}`;
  await client.writePolicy(name, of.policy);
  const drop = async (): Promise<void> => void (await client.deletePolicy(name));
  try {
    const made = await client.createToken([name], 60);
    return { token: made.token, by: say('vaultSimulateByText', { policy: name }), end: () => end(made.accessor)().finally(drop) };
  } catch (error) {
    await drop();
    throw error;
  }
}
