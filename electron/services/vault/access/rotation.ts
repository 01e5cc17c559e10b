import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import { wayOf } from '../../../../shared/servers.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { kesHere } from '../../../clients/kes/nodeFiles.ts';
import { type KeptAppRole, keyStoreOf, readAppRole, withVault } from '../../../clients/vault/forStack.ts';
import { seen } from '../../../jobs/evidence.ts';
import { inFileTurn } from '../../../jobs/fileTurns.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { forgetSecretId, type KeptSecretId, keepSecretId, keptSecretIds } from './kept.ts';
import { endToken, tokensOf } from './revoking.ts';
import type { RoleName } from './roles.ts';
import { markedFor } from './secretIds.ts';
import { isLocked, tryLogin, unlockRole } from './tryLogin.ts';

/** What KES's own domain does for a rotation. */
export interface KesTakes {
  /** Puts another secret ID into KES's configuration and restarts it. */
  replaceSecretId(access: StackAccess, from: Secret, to: Secret, run: { report: Report; signal: AbortSignal }): Promise<void>;
  /** An operation with a real key: nothing less notices dead credentials. */
  proveKes(access: StackAccess): Promise<Evidence[]>;
}

/**
 * Gives KES a new secret ID. It is tried by one log-in before KES hears of it; when KES does not work with it, the old one
 * is put back. The old one is destroyed only after KES has used a key. After a kill a second run goes on with the same one.
 * Throws `vaultRotateElsewhere`, `vaultRotateNothing`.
 */
export async function rotateSecretId(access: StackAccess, kes: KesTakes, report: Report, signal: AbortSignal): Promise<Evidence[]> {
  if (wayOf(access.stack, 'kes') !== 'here') throw new AppError('vaultRotateElsewhere');
  // Two at once would each destroy what the other gave to KES; whoever writes its file in between, would write the old one back.
  return inFileTurn(access.folder, 'kes', () => rotateInTurn(access, kes, report, signal));
}

async function rotateInTurn(access: StackAccess, kes: KesTakes, report: Report, signal: AbortSignal): Promise<Evidence[]> {
  signal.throwIfAborted();
  const old = readAppRole(access);
  if (old === undefined) throw new AppError('vaultRotateNothing');
  const { mount, role } = keyStoreOf(access).appRole;
  const name: RoleName = { mount, role };

  report({ done: 0, total: 4, note: say('vaultRotateMake') });
  const opened = await openLocked(access, name);
  const next = await nextSecretId(access, name, old.accessor);
  const tried = await tryLogin(access, name, next.accessor).catch(async (error: unknown) => {
    if (isAppError(error, 'vaultLoginRefused')) await withdraw(access, name, next.accessor);
    throw error;
  });
  signal.throwIfAborted();

  report({ done: 1, note: say('vaultRotateGive') });
  const evidence = await give(access, kes, old, next, { report, signal });

  report({ done: 3, note: say('vaultRotateDestroy') });
  const ended = await retire(access, name, next.replaces ?? old.accessor);
  await forgetSecretId(access, next.accessor);
  report({ done: 4 });
  return [...opened, ...tried, ...evidence, ...ended];
}

/** A KES with a dead secret ID locks its own role out, and would again at once: it is ended before the role is unlocked (trap 21). */
async function openLocked(access: StackAccess, name: RoleName): Promise<Evidence[]> {
  if (!(await isLocked(access, name))) return [];
  for (const { node } of kesHere(access.stack)) await access.servers.stop('kes', node.id);
  return unlockRole(access, name);
}

/** One that an earlier run left behind, else a new one. It is sealed before anything is done with it. */
async function nextSecretId(access: StackAccess, { mount, role }: RoleName, replaces: string): Promise<KeptSecretId> {
  access.secrets.requireDurable('secret ID');
  return withVault(access, async (client) => {
    const left = keptSecretIds(access).find(
      (one) => one.rotation === true && one.mount === mount && one.role === role && one.refusedAt === undefined,
    );
    if (left !== undefined && (await client.secretIdInfo(mount, role, left.accessor)) !== undefined) return left;
    if (left !== undefined) await forgetSecretId(access, left.accessor);
    const { made, metadata } = markedFor(access, 'sealdeck');
    const { secretId, accessor } = await client.makeSecretId(mount, role, { metadata });
    const kept = { mount, role, accessor, made, at: new Date().toISOString(), secretId: secretId.reveal(), rotation: true, replaces };
    await keepSecretId(access, kept);
    await access.journal(say('vaultJournalSecretId', { role, accessor }));
    return kept;
  });
}

async function give(
  access: StackAccess,
  kes: KesTakes,
  old: KeptAppRole,
  next: KeptSecretId,
  run: { report: Report; signal: AbortSignal },
): Promise<Evidence[]> {
  const fresh = new Secret(next.secretId ?? '');
  const former = new Secret(old.secretId);
  try {
    await kes.replaceSecretId(access, former, fresh, run);
    await access.secrets.set(
      'kes.approle',
      new Secret(JSON.stringify({ roleId: old.roleId, secretId: fresh.reveal(), accessor: next.accessor })),
    );
    await access.journal(say('vaultAccessDidRotate', { role: next.role, accessor: next.accessor }));
    run.report({ done: 2, note: say('vaultRotateProve') });
    return [seen('kes', say('vaultAccessSeenRestarted')), ...(await kes.proveKes(access))];
  } catch (error) {
    if (!isAppError(error) || old.accessor === next.accessor) throw error;
    // KES ran with the old one a moment ago, and that still lives.
    try {
      // Its own signal: a job that was cancelled puts back what was, too.
      await kes.replaceSecretId(access, fresh, former, { ...run, signal: AbortSignal.timeout(60_000) });
    } catch (failed) {
      if (!isAppError(failed)) throw failed;
    } finally {
      await access.secrets.set('kes.approle', new Secret(JSON.stringify(old)));
    }
    throw error;
  }
}

/** The old secret ID, and what is known to have logged in with it. Other tokens of the role may be of another KES and are left. */
async function retire(access: StackAccess, { mount, role }: RoleName, accessor: string): Promise<Evidence[]> {
  return withVault(access, async (client) => {
    const mark = (await client.secretIdMetadata(mount, role, accessor))?.made;
    await client.destroySecretId(mount, role, accessor);
    if ((await client.secretIdInfo(mount, role, accessor)) !== undefined) throw new AppError('vaultSecretIdStays', { role, accessor });
    await access.journal(say('vaultJournalSecretIdGone', { role, accessor }));
    const gone = seen('vault', say('vaultAccessSeenSecretIdGone', { role }), `${accessor}: lookup -> gone`);
    const its = (await tokensOf(client, { mount, role }))?.filter((token) => mark !== undefined && token.meta?.made === mark);
    for (const token of its ?? []) await endToken(client, token.accessor);
    if (its !== undefined && mark !== undefined) return [gone, seen('vault', say('vaultAccessSeenTokensGone', { count: its.length }))];
    const seconds = (await client.appRole(mount, role))?.token_period ?? 0;
    return [gone, seen('vault', say('vaultAccessTokensEndThemselves', { seconds }), undefined, 'info')];
  });
}

async function withdraw(access: StackAccess, { mount, role }: RoleName, accessor: string): Promise<void> {
  await withVault(access, (client) => client.destroySecretId(mount, role, accessor));
  await forgetSecretId(access, accessor);
}
