import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { errorsOf } from '../../../clients/vault/answers.ts';
import { type KeptRoot, keyStoreOf, readInit, readRoot, vaultFor, vaultTokenFor } from '../../../clients/vault/forStack.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { forEachOf } from '../../../platform/eachOf.ts';
import { proveOtherLogin } from '../custody.ts';
import { atRoot } from './rekeyPlace.ts';

export interface LivingRoot {
  accessor: string;
  madeAt: string;
  name: string;
  /** The one of init or one made here. */
  ours: boolean;
}

/** Every root token that lives. Throws `vaultPermissionDenied`: listing accessors wants `sudo`. */
export async function rootTokens(access: StackAccess): Promise<LivingRoot[]> {
  const client = await vaultFor(access, await vaultTokenFor(access));
  try {
    const own = await ownAccessors(access);
    const found: LivingRoot[] = [];
    await forEachOf(await client.tokenAccessors(), 8, async (accessor) => {
      const token = await client.tokenOf(accessor);
      if (token?.policies.includes('root'))
        found.push({
          accessor,
          madeAt: new Date(token.creation_time * 1000).toISOString(),
          name: token.display_name,
          ours: own.has(accessor),
        });
    });
    return found.sort((a, b) => a.madeAt.localeCompare(b.madeAt));
  } finally {
    await client.close();
  }
}

async function ownAccessors(access: StackAccess): Promise<Set<string>> {
  const made = readRoot(access);
  const init = readInit(access)?.root_token;
  const own = new Set(made?.state === 'made' ? [made.accessor] : []);
  if (init === undefined) return own;
  const client = await vaultFor(access, new Secret(init));
  try {
    own.add((await client.lookupSelf()).accessor);
  } catch (error) {
    if (!isAppError(error, 'vaultPermissionDenied')) throw error;
  } finally {
    await client.close();
  }
  return own;
}

/**
 * Revokes a root token and sees it dead. The one that was made here goes only when another one can still be had: a login
 * that is proven, or shares that anybody may use. Throws `vaultAdminFirst`, `vaultRootNone`, `vaultRootOfInit`, `vaultRootLives`.
 */
export async function revokeRootToken(access: StackAccess, accessor: string | undefined): Promise<Evidence[]> {
  const made = readRoot(access);
  const mine = made?.state === 'made' && (accessor === undefined || accessor === made.accessor) ? made : undefined;
  if (mine !== undefined) return revokeMade(access, mine);
  if (accessor === undefined) throw new AppError('vaultRootNone');
  if ((await ownAccessors(access)).has(accessor)) throw new AppError('vaultRootOfInit');
  const client = await vaultFor(access, await vaultTokenFor(access));
  try {
    const own = (await client.lookupSelf()).accessor;
    // Revoking the token that asks would leave nothing to look with.
    if (own === accessor) throw new AppError('vaultRootOfInit');
    await client.revokeAccessor(accessor);
    const before = await client.lookupAccessor(own);
    const after = await client.lookupAccessor(accessor);
    if (before.status !== 200 || after.status < 400) throw new AppError('vaultRootLives', { host: client.host, status: after.status });
    await access.journal(say('vaultJournalRootGone', { accessor }));
    return [
      seen('vault', say('vaultSeenAccessorGone', { accessor }), `lookup-accessor: HTTP ${after.status} ${errorsOf(after).join('; ')}`),
    ];
  } finally {
    await client.close();
  }
}

async function revokeMade(access: StackAccess, record: KeptRoot & { state: 'made' }): Promise<Evidence[]> {
  if (keyStoreOf(access).operator !== undefined) await proveOtherLogin(access);
  // Where a new root token needs a login, this one must not be the only one (trap 5).
  else if (!(await atRoot(access, async ({ anonymous }) => anonymous))) throw new AppError('vaultAdminFirst');
  const client = await vaultFor(access, new Secret(record.token));
  try {
    const alive = await client.lookupSelf().then(
      () => true,
      (error: unknown) => {
        if (isAppError(error, 'vaultPermissionDenied')) return false;
        throw error;
      },
    );
    if (alive) await client.revokeSelf();
    const after = await client.attempt('GET', 'auth/token/lookup-self');
    if (after.status !== 403) throw new AppError('vaultRootLives', { host: client.host, status: after.status });
    await access.secrets.delete('vault.root');
    await access.journal(say('vaultJournalRootGone', { accessor: record.accessor }));
    return [seen('vault', say('vaultSeenTokenGone'), `lookup-self: HTTP ${after.status} ${errorsOf(after).join('; ')}`)];
  } finally {
    await client.close();
  }
}
