import { randomBytes } from 'node:crypto';
import { isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { say } from '../../../shared/text.ts';
import type { PrepareInput } from '../../../shared/vault.ts';
import { type KeptAppRole, readAppRole, vaultFor } from '../../clients/vault/forStack.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';
import type { StepContext } from '../../jobs/step.ts';

/**
 * Keeps the sealed credentials while they still log in, else makes new ones and seals them. Superseded secret ids of
 * this stack are destroyed by accessor; so is one that a kill left behind before it was sealed.
 */
export async function ensureAppRoleCredentials(context: StepContext, admin: VaultClient, input: PrepareInput): Promise<void> {
  const roleId = await admin.roleId(input.appRoleMount, input.role);
  let kept = readAppRole(context);
  if (kept === undefined || kept.roleId !== roleId || !(await logsIn(context, admin, input, kept))) {
    const made = await admin.createSecretId(input.appRoleMount, input.role, {
      by: 'sealdeck',
      stack: context.stack.id,
      // Stands in its tokens, too, so that they can be revoked with it.
      made: randomBytes(6).toString('hex'),
    });
    kept = { roleId, secretId: made.secretId.reveal(), accessor: made.accessor };
    await context.secrets.set('kes.approle', new Secret(JSON.stringify(kept)));
    await context.journal(say('vaultJournalSecretId', { role: input.role, accessor: made.accessor }));
  }
  for (const accessor of await admin.secretIdAccessors(input.appRoleMount, input.role)) {
    if (accessor === kept.accessor) continue;
    const metadata = await admin.secretIdMetadata(input.appRoleMount, input.role, accessor);
    if (metadata?.by !== 'sealdeck' || metadata.stack !== context.stack.id) continue;
    await admin.destroySecretId(input.appRoleMount, input.role, accessor);
    await context.journal(say('vaultJournalSecretIdGone', { role: input.role, accessor }));
  }
}

/** One try, because failures count towards the lock-out of the role. A locked role is unlocked, then its id counts as stale. */
async function logsIn(context: StepContext, admin: VaultClient, input: PrepareInput, kept: KeptAppRole): Promise<boolean> {
  const client = await vaultFor(context);
  try {
    const login = await client.appRoleLogin(input.appRoleMount, kept.roleId, new Secret(kept.secretId));
    await revoke(context, login.token);
    return true;
  } catch (error) {
    if (isAppError(error, 'vaultLoginLocked')) {
      const accessor = (await admin.authMounts())[`${input.appRoleMount}/`]?.accessor ?? '';
      if ((await admin.lockedUsers(accessor)).includes(kept.roleId)) {
        await admin.unlockUser(accessor, kept.roleId);
        await context.journal(say('vaultJournalUnlocked', { role: input.role }));
      }
      return false;
    }
    if (isAppError(error, 'vaultLoginRefused')) return false;
    throw error;
  } finally {
    await client.close();
  }
}

/** Ends a token of our own. */
export async function revoke(context: Pick<StepContext, 'stack' | 'folder'>, token: Secret): Promise<void> {
  const client = await vaultFor(context, token);
  try {
    await client.revokeSelf();
  } finally {
    await client.close();
  }
}
