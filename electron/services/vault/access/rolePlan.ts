import { createHash } from 'node:crypto';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { CommandLine, Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import type { AccessFinding, RoleChange, RoleDetail, RoleField, RoleFields, RolePlan } from '../../../../shared/vaultAccess.ts';
import { withVault } from '../../../clients/vault/forStack.ts';
import type { VaultClient } from '../../../clients/vault/vaultClient.ts';
import { environmentLines, programOf, tokenLines } from '../../../clients/vault/vaultCommands.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { roleFindings } from './roleFindings.ts';
import { fieldsOf, type RoleName, readRole } from './roles.ts';

/** What KES needs of a new role: periodic, any number of uses (vault.md 4.3). */
const fresh: RoleFields = {
  bind_secret_id: true,
  secret_id_bound_cidrs: [],
  secret_id_num_uses: 0,
  secret_id_ttl: 0,
  token_policies: [],
  token_period: 300,
  token_ttl: 0,
  token_max_ttl: 0,
  token_explicit_max_ttl: 0,
  token_num_uses: 0,
  token_no_default_policy: false,
  token_bound_cidrs: [],
  token_type: 'default',
};

type Wish = { [F in keyof RoleChange]: RoleChange[F] | undefined };

/** What a change would do to a role, or how a new one would be. Asks the server, changes nothing. Throws `vaultRoleTtls`. */
export async function planRole(access: StackAccess, name: RoleName, fields: Wish): Promise<RolePlan> {
  return withVault(access, async (client) => {
    const before = await current(client, name);
    const after = { ...(before ?? fresh), ...given(fields) };
    requireSense(after);
    const changes = changed(before, after);
    return {
      creates: before === undefined,
      changes: changes.map((field) => ({ field, from: before === undefined ? '' : shown(before[field]), to: shown(after[field]) })),
      findings: [...roleFindings(after), ...(await policyFindings(client, after))],
      commands: commandsOf(access, name, changes, after),
      seen: stampOf(before),
    };
  });
}

/** Writes just what differs: fields that are not sent keep their value (trap 10). Reads all back. Throws `vaultRoleMoved`, `vaultRoleNotWritten`. */
export async function writeRole(
  access: StackAccess,
  name: RoleName,
  fields: Wish,
  planned: string,
): Promise<{ role: RoleDetail; evidence: Evidence[] }> {
  const { mount, role } = name;
  const evidence = await withVault(access, async (client) => {
    const before = await current(client, name);
    if (stampOf(before) !== planned) throw new AppError('vaultRoleMoved', { role, mount });
    const after = { ...(before ?? fresh), ...given(fields) };
    requireSense(after);
    const changes = changed(before, after);
    if (changes.length > 0) {
      await client.writeAppRole(mount, role, Object.fromEntries(changes.map((field) => [field, after[field]])));
      await access.journal(say('vaultAccessDidRole', { role, mount, fields: changes.join(', ') }));
    }
    const found = await current(client, name);
    const wrong = found === undefined ? changes : changes.filter((field) => shown(found[field]) !== shown(after[field]));
    if (found === undefined || wrong.length > 0) throw new AppError('vaultRoleNotWritten', { role, fields: wrong.join(', ') });
    return [seen('vault', say('vaultAccessSeenRole', { role, mount }), found)];
  });
  return { role: await readRole(access, name), evidence };
}

async function current(client: VaultClient, { mount, role }: RoleName): Promise<RoleFields | undefined> {
  const found = await client.appRole(mount, role);
  return found && fieldsOf(found);
}

function given(fields: Wish): Partial<RoleFields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function changed(before: RoleFields | undefined, after: RoleFields): RoleField[] {
  const all = Object.keys(fresh) as RoleField[];
  return all.filter((field) => (before === undefined ? shown(after[field]) !== '' : shown(before[field]) !== shown(after[field])));
}

function shown(value: RoleFields[RoleField]): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** The order in which a server lists policies says nothing. */
function stampOf(fields: RoleFields | undefined): string {
  if (fields === undefined) return 'absent';
  const plain = { ...fields, token_policies: fields.token_policies.toSorted() };
  return createHash('sha256').update(JSON.stringify(plain)).digest('hex').slice(0, 16);
}

/** What the server refuses or, worse, takes without a word. */
function requireSense(fields: RoleFields): void {
  if (fields.token_max_ttl !== 0 && fields.token_ttl > fields.token_max_ttl)
    throw new AppError('vaultRoleTtls', { ttl: fields.token_ttl, max: fields.token_max_ttl });
}

async function policyFindings(client: VaultClient, { token_policies }: RoleFields): Promise<AccessFinding[]> {
  const there = await client.policies().catch((error: unknown) => {
    if (isAppError(error, 'vaultPermissionDenied')) return undefined;
    throw error;
  });
  if (there === undefined) return [];
  return token_policies
    .filter((name) => !there.includes(name.toLowerCase()))
    .map((policy) => ({ level: 'warn', text: say('vaultRolePolicyAbsent', { policy }) }));
}

function commandsOf(access: StackAccess, { mount, role }: RoleName, changes: readonly RoleField[], after: RoleFields): CommandLine[] {
  const values = changes.map((field) => {
    const value = after[field];
    return `${field}=${Array.isArray(value) ? `"${value.join(',')}"` : String(value)}`;
  });
  return [
    ...environmentLines(access),
    ...tokenLines(),
    ...(values.length === 0 ? [] : [{ line: `${programOf(access)} write auth/${mount}/role/${role} ${values.join(' ')}` }]),
  ];
}
