import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { errorsOf } from '../../clients/vault/answers.ts';
import { type KeptInit, keyStoreOf, readInit, vaultFor } from '../../clients/vault/forStack.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';
import { seen } from '../../jobs/evidence.ts';
import type { StepContext } from '../../jobs/step.ts';

/**
 * Revokes the root token, sees it refused, and takes it out of the sealed store; the shares stay. Its accessor stays
 * too, so that a later check can ask for it. After a kill in the middle the rest is done. Throws `vaultRootLives`.
 */
export async function revokeRoot(context: StepContext): Promise<void> {
  const init = readInit(context);
  if (init?.root_token !== undefined) {
    const client = await vaultFor(context, new Secret(init.root_token));
    try {
      const accessor = await accessorOf(client);
      if (accessor !== undefined) {
        // Sealed before the revocation: afterwards nobody can ask for it.
        await sealInit(context, { ...(readInit(context) ?? init), root_accessor: accessor });
        await client.revokeSelf();
      }
      const after = await client.attempt('GET', 'auth/token/lookup-self');
      if (after.status !== 403) throw new AppError('vaultRootLives', { host: client.host, status: after.status });
    } finally {
      await client.close();
    }
    const { root_token: _revoked, ...rest } = readInit(context) ?? init;
    await sealInit(context, rest);
    await context.journal(say('vaultJournalRootRevoked'));
  }
  if (keyStoreOf(context).rootRevokedAt !== undefined) return;
  const rootRevokedAt = new Date().toISOString();
  await context.update((stack) => ({
    ...stack,
    keyStores: stack.keyStores.map((store) => (store.id === keyStoreOf(context).id ? { ...store, rootRevokedAt } : store)),
  }));
}

/** The accessor of a living token, `undefined` of a dead one. */
async function accessorOf(client: VaultClient): Promise<string | undefined> {
  try {
    return (await client.lookupSelf()).accessor;
  } catch (error) {
    if (isAppError(error, 'vaultPermissionDenied')) return undefined;
    throw error;
  }
}

async function sealInit(context: StepContext, init: KeptInit): Promise<void> {
  await context.secrets.set('vault.init', new Secret(JSON.stringify(init)));
}

/** Asks with another token whether root's accessor is gone, after seeing that this token's own accessor is found. */
export async function proveRootGone(context: StepContext, client: VaultClient): Promise<Evidence[]> {
  const accessor = readInit(context)?.root_accessor;
  const at = keyStoreOf(context).rootRevokedAt ?? '';
  if (accessor === undefined) return [seen('store', say('vaultSeenRootRevoked', { at }), undefined, 'info')];
  const own = await client.lookupAccessor((await client.lookupSelf()).accessor);
  const root = await client.lookupAccessor(accessor);
  if (own.status !== 200 || root.status < 400) throw new AppError('vaultRootLives', { host: client.host, status: root.status });
  const answer = `lookup-accessor: own -> HTTP ${own.status}, root -> HTTP ${root.status} ${errorsOf(root).join('; ')}`;
  return [seen('vault', say('vaultSeenRootGone', { at }), answer)];
}
