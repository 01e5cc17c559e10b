import type { PreflightTick } from '../../../shared/connect.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import type { KeyStore } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import { evaluate, listOrderOf } from '../../clients/vault/evaluate.ts';
import { readAppRole, withVault } from '../../clients/vault/forStack.ts';
import { kvPath } from '../../clients/vault/kv.ts';
import { type NamedPolicy, policyRules } from '../../clients/vault/policyRules.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { type Told, unknown, whyOf } from './ticks.ts';

/** What KES does with its role (vault.md 4.2). `rule` is the path of the policy, `path` one that it must cover. */
interface Need {
  capability: 'create' | 'read' | 'list' | 'delete';
  path: string;
  rule: string;
}

/** The rights of KES's role, read from its policies where the kept login may read them. Nothing is logged in as the role. */
export async function vaultTicks(access: StackAccess): Promise<PreflightTick[]> {
  const [store] = access.stack.keyStores;
  const what = say('connectTickVaultRole', { role: store?.appRole.role ?? '' });
  if (store === undefined) return [unknown('vault.role', what, { why: say('connectWhyAbsent', { server: 'Vault' }) })];
  try {
    return await withVault(access, async (vault) => {
      const role = await roleOf(access, vault, store);
      if (!('policies' in role)) return [unknown('vault.role', what, role)];
      const policies = await policiesOf(vault, role.policies);
      if (!Array.isArray(policies)) return [unknown('vault.role', what, policies)];
      const { product, version } = await vault.health();
      const order = listOrderOf(product, version);
      return needsOf(store).map((need) => tickOf(need, store, evaluate(policies, need.path, order).capabilities, role.policies));
    });
  } catch (error) {
    return [unknown('vault.role', what, whyOf(error))];
  }
}

function tickOf(need: Need, store: KeyStore, allowed: readonly string[], policies: readonly string[]): PreflightTick {
  const { capability, path, rule } = need;
  const what = say('connectTickVaultMay', { capability, path: rule });
  const tick = { id: `vault.${capability}`, what, answer: `${path}: ${allowed.join(', ')}` };
  if (allowed.includes(capability)) return { ...tick, outcome: 'ok' };
  // A rule replaces a wider one, so the whole of it is written, not only what is missing.
  const whole = needsOf(store).flatMap((one) => (one.rule === rule ? [`"${one.capability}"`] : []));
  const content = `path "${rule}" {\n  capabilities = [${whole.join(', ')}]\n}`;
  const file = say('connectFileVault', { policy: policies.find((name) => name !== 'default') ?? store.appRole.policy });
  return { ...tick, outcome: 'missing', line: { file, content } };
}

function needsOf({ engine: { mount, version, prefix } }: KeyStore): Need[] {
  const data = kvPath(mount, version, 'data', prefix);
  const metadata = kvPath(mount, version, 'metadata', prefix);
  return [
    { capability: 'create', path: `${data}/x`, rule: `${data}/*` },
    { capability: 'read', path: `${data}/x`, rule: `${data}/*` },
    { capability: 'list', path: `${metadata}/`, rule: `${metadata}/*` },
    { capability: 'delete', path: `${metadata}/x`, rule: `${metadata}/*` },
  ];
}

/** The role's policies, or why they are not known. With another role than the stack's, the only one there is. */
async function roleOf(access: StackAccess, vault: VaultClient, { appRole }: KeyStore): Promise<{ policies: string[] } | Told> {
  const role = await vault.appRole(appRole.mount, appRole.role);
  const policies = (found: NonNullable<typeof role>): string[] => [...(found.token_policies ?? []), 'default'];
  if (role !== undefined) return { policies: policies(role) };
  const path = `auth/${appRole.mount}/role/${appRole.role}`;
  if (readAppRole(access) !== undefined) return { answer: `404 ${path}` };
  const names = await vault.appRoles(appRole.mount);
  const only = names.length === 1 && names[0] !== undefined ? await vault.appRole(appRole.mount, names[0]) : undefined;
  if (only !== undefined) return { policies: policies(only) };
  return { why: say('connectWhyNoRole', { path, names: names.slice(0, 10).join(', ') || '–' }) };
}

async function policiesOf(vault: VaultClient, names: readonly string[]): Promise<NamedPolicy[] | Told> {
  const policies: NamedPolicy[] = [];
  for (const name of names) {
    const text = await vault.policy(name).catch((error: unknown) => {
      // Everybody's own policy is often not readable, and grants nothing of the keys.
      if (name === 'default' && isAppError(error, 'vaultPermissionDenied')) return '';
      throw error;
    });
    if (text === undefined) continue;
    try {
      policies.push({ name, rules: policyRules(text) });
    } catch (error) {
      if (!isAppError(error, 'vaultPolicyUnreadable')) throw error;
      return { why: say('connectWhyPolicyForm', { policy: name }) };
    }
  }
  return policies;
}
