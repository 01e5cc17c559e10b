import type { PreflightTick } from '../../../shared/connect.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import type { KeyStore } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import { readAppRole, withVault } from '../../clients/vault/forStack.ts';
import { kvPath } from '../../clients/vault/kv.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { type Told, unknown, whyOf } from './ticks.ts';
import { allowedOn, type PolicyRule, readPolicy } from './vaultPolicy.ts';

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
      const rules = await rulesOf(vault, role.policies);
      if (!Array.isArray(rules)) return [unknown('vault.role', what, rules)];
      return needsOf(store).map((need) => tickOf(need, store, rules, role.policies));
    });
  } catch (error) {
    return [unknown('vault.role', what, whyOf(error))];
  }
}

function tickOf(need: Need, store: KeyStore, rules: readonly PolicyRule[], policies: readonly string[]): PreflightTick {
  const { capability, path, rule } = need;
  const allowed = allowedOn(path, rules);
  const answer = `${path}: ${allowed.size === 0 ? 'deny' : [...allowed].join(', ')}`;
  const tick = { id: `vault.${capability}`, what: say('connectTickVaultMay', { capability, path: rule }), answer };
  if (allowed.has(capability)) return { ...tick, outcome: 'ok' };
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

async function rulesOf(vault: VaultClient, policies: readonly string[]): Promise<PolicyRule[] | Told> {
  const rules: PolicyRule[] = [];
  for (const name of policies) {
    const text = await vault.policy(name).catch((error: unknown) => {
      // Everybody's own policy is often not readable, and grants nothing of the keys.
      if (name === 'default' && isAppError(error, 'vaultPermissionDenied')) return '';
      throw error;
    });
    if (text === undefined) continue;
    const read = readPolicy(text);
    if (read === undefined) return { why: say('connectWhyPolicyForm', { policy: name }) };
    rules.push(...read);
  }
  return rules;
}
