import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { CommandLine } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import type { AccessFinding, RoleDetail, RoleFields, SecretIdRow } from '../../../../shared/vaultAccess.ts';
import type { AppRole, TokenInfo } from '../../../clients/vault/auth.ts';
import { keyStoreOf, withVault } from '../../../clients/vault/forStack.ts';
import type { SecretIdInfo } from '../../../clients/vault/secretIds.ts';
import type { Mount } from '../../../clients/vault/sys.ts';
import type { VaultClient } from '../../../clients/vault/vaultClient.ts';
import { commented, environmentLines, programOf, tokenLines } from '../../../clients/vault/vaultCommands.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { eachOf } from '../../../platform/eachOf.ts';
import { type KeptSecretId, keptSecretIds } from './kept.ts';
import { appRoleOfKes, kesOfRole, kesRoles } from './kesRoles.ts';
import { tokensOf } from './revoking.ts';
import { roleFindings, secretIdFindings } from './roleFindings.ts';
import { rightsFindings } from './roleRights.ts';

export interface RoleName {
  mount: string;
  role: string;
}
const mostSecretIds = 200;
/** A page is asked often: on a server with more tokens they are counted only before a revocation. */
const fewTokens = 300;
const never = '0001-01-01T00:00:00Z';

/** Roles of every AppRole mount that this login may list; KES's own is shown also where it may not. */
export async function listRoles(access: StackAccess) {
  const own = kesRoles(access);
  return withVault(access, async (client) => {
    const auth = await authMounts(client, keyStoreOf(access).appRole.mount);
    const mounts = Object.entries(auth).flatMap(([path, { type, accessor }]) =>
      type === 'approle' ? [{ mount: path.replace(/\/$/, ''), accessor }] : [],
    );
    const findings: AccessFinding[] = [];
    const named = await Promise.all(
      mounts.map(async ({ mount, accessor }) => {
        const names = await client.appRoles(mount).catch((error: unknown) => {
          if (!isAppError(error, 'vaultPermissionDenied')) throw error;
          findings.push({ level: 'info', text: say('vaultRolesHidden', { mount }) });
          return own.filter((one) => one.mount === mount).map((one) => one.role);
        });
        const locked = await lockedIds(client, accessor);
        return eachOf(names, 4, async (role) => {
          const [found, roleId] = await Promise.all([client.appRole(mount, role), client.roleId(mount, role)]).catch((error: unknown) => {
            if (isAppError(error, 'vaultPermissionDenied')) return [undefined, ''] as const;
            throw error;
          });
          return {
            mount,
            role,
            kes: own.some((one) => one.mount === mount && one.role === role),
            locked: locked.includes(roleId),
            policies: found?.token_policies ?? [],
          };
        });
      }),
    );
    return { roles: named.flat(), findings, at: new Date().toISOString() };
  });
}

/** A login that may not see log-in methods still knows the one that is asked for. */
async function authMounts(client: VaultClient, known: string): Promise<Record<string, Pick<Mount, 'type' | 'accessor'>>> {
  return client.authMounts().catch((error: unknown) => {
    if (isAppError(error, 'vaultPermissionDenied')) return { [`${known}/`]: { type: 'approle', accessor: '' } };
    throw error;
  });
}

/** Role IDs that are locked out now. A login that may not ask sees none. */
export async function lockedIds(client: VaultClient, accessor: string): Promise<string[]> {
  return client.lockedUsers(accessor).catch((error: unknown) => {
    if (isAppError(error, 'vaultPermissionDenied')) return [];
    throw error;
  });
}

/** Throws `vaultRoleAbsent`. */
export async function readRole(access: StackAccess, { mount, role }: RoleName): Promise<RoleDetail> {
  return withVault(access, async (client) => {
    const found = await client.appRole(mount, role);
    if (found === undefined) throw new AppError('vaultRoleAbsent', { role, mount });
    const [roleId, auth] = await Promise.all([client.roleId(mount, role), authMounts(client, mount)]);
    const locked = (await lockedIds(client, auth[`${mount}/`]?.accessor ?? '')).includes(roleId);
    const user = kesOfRole(access, { mount, role });
    const kept = appRoleOfKes(access, { mount, role });
    const fields = fieldsOf(found);
    const secretIds = await secretIdsOf(access, client, { mount, role }, kept?.accessor);
    return {
      mount,
      role,
      kes: user !== undefined,
      ...(user?.cluster === undefined ? {} : { cluster: user.cluster }),
      locked,
      policies: fields.token_policies,
      fields,
      roleId,
      ...(secretIds === undefined ? {} : { secretIds }),
      findings: [
        ...(locked ? [{ level: 'fail' as const, text: say('vaultRoleLocked', { role }) }] : []),
        ...(kept !== undefined && kept.roleId !== roleId ? [{ level: 'fail' as const, text: say('vaultRoleIdDiffers', { role }) }] : []),
        ...(kept !== undefined && secretIds !== undefined && !secretIds.some(({ accessor }) => accessor === kept.accessor)
          ? [{ level: 'fail' as const, text: say('vaultSecretIdOfKesGone') }]
          : []),
        ...(user ? await rightsFindings(user.access, client, fields.token_policies) : []),
        ...roleFindings(fields),
      ],
      commands: commandsOf(access, { mount, role }),
      at: new Date().toISOString(),
    };
  });
}

/** The fields of a role as the server keeps them, absent ones by their default. */
export function fieldsOf(found: AppRole): RoleFields {
  return {
    bind_secret_id: found.bind_secret_id,
    secret_id_bound_cidrs: found.secret_id_bound_cidrs ?? [],
    secret_id_num_uses: found.secret_id_num_uses,
    secret_id_ttl: found.secret_id_ttl,
    token_policies: found.token_policies ?? [],
    token_period: found.token_period,
    token_ttl: found.token_ttl,
    token_max_ttl: found.token_max_ttl,
    token_explicit_max_ttl: found.token_explicit_max_ttl,
    token_num_uses: found.token_num_uses,
    token_no_default_policy: found.token_no_default_policy,
    token_bound_cidrs: found.token_bound_cidrs ?? [],
    token_type: found.token_type,
  };
}

async function secretIdsOf(
  access: StackAccess,
  client: VaultClient,
  { mount, role }: RoleName,
  ofKes: string | undefined,
): Promise<SecretIdRow[] | undefined> {
  const accessors = await client.secretIdAccessors(mount, role).catch((error: unknown) => {
    if (isAppError(error, 'vaultPermissionDenied')) return undefined;
    throw error;
  });
  if (accessors === undefined) return undefined;
  const kept = keptSecretIds(access).filter((one) => one.mount === mount && one.role === role);
  const tokens = await tokensOf(client, { mount, role }, fewTokens);
  const rows = await eachOf(accessors.slice(0, mostSecretIds), 4, async (accessor) => {
    const info = await client.secretIdInfo(mount, role, accessor);
    return info === undefined
      ? []
      : [
          rowOf(
            info,
            ofKes,
            kept.find((one) => one.accessor === accessor),
            tokens,
          ),
        ];
  });
  return rows.flat().sort((a, b) => ((a.createdAt ?? '') < (b.createdAt ?? '') ? 1 : -1));
}

function rowOf(
  info: SecretIdInfo,
  ofKes: string | undefined,
  kept: KeptSecretId | undefined,
  tokens: readonly TokenInfo[] | undefined,
): SecretIdRow {
  const mark = info.metadata?.made;
  const life = {
    uses: info.secret_id_num_uses,
    cidrs: info.cidr_list ?? [],
    ...(info.expiration_time === never ? {} : { expiresAt: info.expiration_time }),
  };
  const held = info.secret_id_accessor === ofKes ? 'kes' : kept?.wrapping ? 'wrapped' : kept?.secretId ? 'kept' : undefined;
  return {
    accessor: info.secret_id_accessor,
    createdAt: info.creation_time,
    ...life,
    metadata: info.metadata ?? {},
    ...(held === undefined ? {} : { held }),
    ...(tokens === undefined || mark === undefined ? {} : { tokens: tokens.filter(({ meta }) => meta?.made === mark).length }),
    ...(kept?.wrapping ? { wrapExpiresAt: kept.wrapping.expiresAt } : {}),
    ...(kept?.refusedAt ? { refusedAt: kept.refusedAt } : {}),
    findings: secretIdFindings(life),
  };
}

function commandsOf(access: StackAccess, { mount, role }: RoleName): CommandLine[] {
  const program = programOf(access);
  const at = `auth/${mount}/role/${role}`;
  return [
    ...environmentLines(access),
    ...tokenLines(),
    { line: `${program} read ${at}` },
    { line: `${program} read ${at}/role-id` },
    commented(say('vaultAccessCommandAccessors'), `${program} list ${at}/secret-id`),
    commented(say('vaultAccessCommandLocked'), `${program} read sys/locked-users`),
  ];
}
