import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import type { RevokeFacts } from '../../../../shared/vaultAccess.ts';
import type { TokenInfo } from '../../../clients/vault/auth.ts';
import { withVault } from '../../../clients/vault/forStack.ts';
import type { VaultClient } from '../../../clients/vault/vaultClient.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { eachOf } from '../../../platform/eachOf.ts';
import { forgetSecretId } from './kept.ts';
import { appRoleOfKes } from './kesRoles.ts';
import type { RoleName } from './roles.ts';

/** On a server with more tokens than this they are not looked through. */
const mostTokens = 5_000;

/** Who would be cut off. Tokens carry what their secret ID was given as metadata; without Sealdeck's mark they are only the role's. */
export async function revokeFacts(access: StackAccess, name: RoleName, accessor: string): Promise<RevokeFacts> {
  return withVault(access, async (client) => {
    const tokens = await tokensOf(client, name);
    const mark = (await client.secretIdMetadata(name.mount, name.role, accessor))?.made;
    return {
      kes: appRoleOfKes(access, name)?.accessor === accessor,
      ...(tokens === undefined
        ? {}
        : {
            tokens: tokens.map((token) => ({
              accessor: token.accessor,
              createdAt: new Date(token.creation_time * 1000).toISOString(),
              ttl: token.ttl,
              its: isIts(token, mark),
            })),
          }),
    };
  });
}

function isIts(token: TokenInfo, mark: string | undefined): boolean {
  return mark !== undefined && mark !== '' && token.meta?.made === mark;
}

/** All live tokens of a role. Undefined where this login may not list tokens, or there are too many. */
export async function tokensOf(client: VaultClient, { mount, role }: RoleName, most = mostTokens): Promise<TokenInfo[] | undefined> {
  const accessors = await client.tokenAccessors().catch((error: unknown) => {
    if (isAppError(error, 'vaultPermissionDenied')) return undefined;
    throw error;
  });
  if (accessors === undefined || accessors.length > most) return undefined;
  const found = await eachOf(accessors, 8, (accessor) => client.tokenOf(accessor));
  return found
    .filter((token) => token !== undefined)
    .filter((token) => token.path === `auth/${mount}/login` && token.meta?.role_name === role);
}

/**
 * Destroys a secret ID and what was logged in with it: destroying alone leaves its tokens alive and renewable (trap 16).
 * Both are proven by asking for them again. Throws `vaultSecretIdStays`, `vaultTokenStays`.
 */
export async function revokeSecretId(
  access: StackAccess,
  name: RoleName,
  accessor: string,
  which: 'its' | 'role' | 'none',
): Promise<{ revoked: number; evidence: Evidence[] }> {
  const { mount, role } = name;
  return withVault(access, async (client) => {
    const mark = (await client.secretIdMetadata(mount, role, accessor))?.made;
    await client.destroySecretId(mount, role, accessor);
    if ((await client.secretIdInfo(mount, role, accessor)) !== undefined) throw new AppError('vaultSecretIdStays', { role, accessor });
    await access.journal(say('vaultJournalSecretIdGone', { role, accessor }));
    await forgetSecretId(access, accessor);
    const gone = seen('vault', say('vaultAccessSeenSecretIdGone', { role }), `${accessor}: lookup -> gone`);
    const all = await tokensOf(client, name);
    if (all === undefined) return { revoked: 0, evidence: [gone, seen('vault', say('vaultAccessTokensHidden'), undefined, 'warn')] };
    const chosen = which === 'none' ? [] : all.filter((token) => which === 'role' || isIts(token, mark));
    for (const token of chosen) await endToken(client, token.accessor);
    if (chosen.length > 0) await access.journal(say('vaultAccessDidRevoke', { role, count: chosen.length }));
    const left = all.length - chosen.length;
    return {
      revoked: chosen.length,
      evidence: [
        gone,
        seen(
          'vault',
          say('vaultAccessSeenTokensGone', { count: chosen.length }),
          `lookup-accessor -> unknown: ${chosen.map((token) => token.accessor).join(', ')}`,
        ),
        ...(left > 0 ? [seen('vault', say('vaultAccessTokensLeft', { count: left }), undefined, 'warn')] : []),
      ],
    };
  });
}

/** Revokes a token and asks for it again: nothing else says that it is dead. */
export async function endToken(client: VaultClient, accessor: string): Promise<void> {
  await client.revokeAccessor(accessor);
  if ((await client.tokenOf(accessor)) !== undefined) throw new AppError('vaultTokenStays', { accessor });
}
