import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { vaultFor, withVault } from '../../../clients/vault/forStack.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { revoke } from '../appRoleCredentials.ts';
import { keepSecretId, keptSecretId } from './kept.ts';
import { appRoleOfKes } from './kesRoles.ts';
import { lockedIds, type RoleName } from './roles.ts';

/** Credentials that Vault refused while this engine ran: KES's own, which have no note in the store. */
const refused = new Set<string>();

/**
 * Logs in once and gives the token back. A secret ID that was refused is never sent again: five refusals in 15 minutes lock
 * the role out for everybody (trap 21). Throws `vaultSecretIdStale`, `vaultLoginRefused`, `vaultLoginLocked`.
 */
export async function tryLogin(access: StackAccess, { mount, role }: RoleName, accessor: string): Promise<Evidence[]> {
  const kept = keptSecretId(access, accessor);
  const ofKes = appRoleOfKes(access, { mount, role });
  const secretId = kept?.secretId ?? (ofKes?.accessor === accessor ? ofKes.secretId : undefined);
  if (secretId === undefined) throw new AppError('vaultSecretIdUnknown', { accessor });
  if (kept?.refusedAt !== undefined || refused.has(accessor)) throw new AppError('vaultSecretIdStale', { role, accessor });
  if (await isLocked(access, { mount, role })) throw new AppError('vaultRoleIsLocked', { role });
  const roleId = await withVault(access, (client) => client.roleId(mount, role));
  const client = await vaultFor(access);
  try {
    const login = await client.appRoleLogin(mount, roleId, new Secret(secretId));
    await revoke(access, login.token);
    return [
      seen('vault', say('vaultSeenLogin', { role, policies: login.policies.join(', ') }), `auth/${mount}/login -> HTTP 200`),
      seen('vault', say('vaultAccessSeenTokenEnded', { seconds: login.seconds })),
    ];
  } catch (error) {
    if (isAppError(error, 'vaultLoginRefused')) {
      refused.add(accessor);
      if (kept) await keepSecretId(access, { ...kept, refusedAt: new Date().toISOString() });
    }
    throw error;
  } finally {
    await client.close();
  }
}

/** Whether Vault refuses every log-in of the role now. A login that may not ask is told no. */
export async function isLocked(access: StackAccess, { mount, role }: RoleName): Promise<boolean> {
  return withVault(access, async (client) => {
    const accessor = (await client.authMounts())[`${mount}/`]?.accessor ?? '';
    return (await lockedIds(client, accessor)).includes(await client.roleId(mount, role));
  });
}

/** Unlocks a role and looks whether it is. What still uses an old secret ID would lock it again. Throws `vaultUnlockFailed`. */
export async function unlockRole(access: StackAccess, { mount, role }: RoleName): Promise<Evidence[]> {
  return withVault(access, async (client) => {
    const accessor = (await client.authMounts())[`${mount}/`]?.accessor ?? '';
    const roleId = await client.roleId(mount, role);
    if (!(await client.lockedUsers(accessor)).includes(roleId)) return [seen('vault', say('vaultAccessSeenNotLocked', { role }))];
    await client.unlockUser(accessor, roleId);
    await access.journal(say('vaultJournalUnlocked', { role }));
    if ((await client.lockedUsers(accessor)).includes(roleId)) throw new AppError('vaultUnlockFailed', { role });
    return [seen('vault', say('vaultAccessSeenUnlocked', { role }), `sys/locked-users/${accessor}/unlock/${roleId} -> HTTP 204`)];
  });
}
