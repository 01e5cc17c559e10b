import { rename } from 'node:fs/promises';
import { z } from 'zod';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { say } from '../../../shared/text.ts';
import type { UnsealInput } from '../../../shared/vault.ts';
import { type KeptInit, keyStoreOf, readInit } from '../../clients/vault/forStack.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';
import type { StackFolder, StepContext } from '../../jobs/step.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import { dataFolderOf, dataPath } from './configuration.ts';
import { nameCustodians } from './custodians.ts';
import { startVault } from './waiting.ts';

/**
 * Written before the one request whose answer cannot be had again, removed when that answer is sealed. Found together
 * with an initialised, never unsealed Vault and no answer, it says: our own, and it holds nothing.
 */
const intentPath = 'vault/init.intent';
const intent = z.object({ at: z.string(), shares: z.int(), threshold: z.int() });

/** Once a share was given, or the answer is sealed: this Vault no longer counts as one that holds nothing. */
export async function forgetIntent(folder: StackFolder): Promise<void> {
  await folder.remove(intentPath);
}

async function hasIntent(folder: StackFolder): Promise<boolean> {
  const content = await folder.read(intentPath);
  if (content === undefined) return false;
  try {
    return intent.safeParse(JSON.parse(content)).success;
  } catch {
    return false;
  }
}

/**
 * Initialises and seals the answer to disk before anything else; does nothing when that is done. Never sent twice by
 * itself. Throws `vaultInitLost`, `vaultInitBroken`, `vaultAnswerNotSealed`, `vaultDataGone`.
 */
export async function initialiseOnce(context: StepContext, client: VaultClient, input: UnsealInput): Promise<KeptInit> {
  const folder = dataFolderOf(context) ?? '?';
  const kept = readInit(context);
  let fresh = !(await client.initialised());
  if (!fresh && kept === undefined) {
    await startAnew(context, client);
    fresh = true;
  }
  if (!fresh && kept !== undefined) {
    await forgetIntent(context.folder);
    return kept;
  }
  // What only ever lay in memory is gone with the process; its shares open nothing any more.
  if (kept !== undefined && keyStoreOf(context).storage !== 'inmem') throw new AppError('vaultDataGone', { host: client.host, folder });
  const { shares, threshold } = input;
  // Where a seal device opens it, people hold recovery keys, and the server refuses to cut shares (vault.md 1.4).
  const recovery = await opensItself(client);
  await nameCustodians(context, input.custodians);
  await context.folder.write(intentPath, JSON.stringify({ at: new Date().toISOString(), shares, threshold }), 0o600);
  const answer = await sendInit(client, input, folder, recovery).catch(async (error: unknown) => {
    if (!(isAppError(error, 'vaultAnswer') && /already has state/i.test(String(error.details.text)))) throw error;
    // A server that ended in the middle of its own init: it says "not initialised" and still refuses for ever (trap 2).
    await startAnew(context, client);
    return sendInit(client, input, folder, recovery);
  });
  const { keys_base64, root_token } = answer;
  const value: KeptInit = { keys_base64, root_token, shares, threshold, ...(answer.recovery ? { recovery: true } : {}) };
  try {
    const text = JSON.stringify(value);
    await context.secrets.set('vault.init', new Secret(text));
    if (context.secrets.get('vault.init')?.reveal() !== text) throw new Error('it reads back differently.');
  } catch (error) {
    throw new AppError('vaultAnswerNotSealed', { reason: isAppError(error) ? `${error.code}.` : `${reasonOf(error)}.` }, { cause: error });
  }
  await forgetIntent(context.folder);
  await context.journal(say(answer.recovery ? 'vaultJournalInitialisedAuto' : 'vaultJournalInitialised', { shares, threshold }));
  return value;
}

async function opensItself(client: VaultClient): Promise<boolean> {
  const { type, recovery_seal } = await client.sealStatus();
  return recovery_seal || type !== 'shamir';
}

async function sendInit(client: VaultClient, input: UnsealInput, folder: string, recovery: boolean) {
  try {
    return await client.init(input.shares, input.threshold, recovery);
  } catch (error) {
    if (isAppError(error, 'vaultAlreadyInitialised')) throw new AppError('vaultInitLost', { host: client.host, folder }, { cause: error });
    // What was never sent or was refused has changed nothing. For the rest only the server knows.
    if (!isAppError(error, 'networkBroken') && !isAppError(error, 'networkTimeout') && !isAppError(error, 'answerNotUnderstood'))
      throw error;
    const happened = await client.initialised().catch(() => undefined);
    if (happened === undefined) throw new AppError('vaultInitUnknown', { host: client.host, reason: error.code }, { cause: error });
    if (!happened) throw error;
    throw new AppError('vaultInitBroken', { host: client.host, reason: error.code }, { cause: error });
  }
}

/**
 * For a Vault that this step initialised itself and nobody has ever unsealed: its shares never arrived, so it holds
 * nothing. Its data is moved aside, not deleted. Anything else: `vaultInitLost`.
 */
async function startAnew(context: StepContext, client: VaultClient): Promise<void> {
  const store = keyStoreOf(context);
  const ours = (await hasIntent(context.folder)) && context.stack.origin === 'lab' && store.nodes.every((node) => node.way === 'here');
  const { sealed } = await client.sealStatus();
  if (!ours || !sealed || context.secrets.has('kes.approle') || store.operator !== undefined)
    throw new AppError('vaultInitLost', { host: client.host, folder: dataFolderOf(context) ?? '?' });
  await context.servers.stop('vault');
  if (store.storage !== 'inmem') {
    const aside = `${dataPath}.lost-${new Date().toISOString().replace(/[:.]/g, '-')}`;
    await rename(context.folder.path(dataPath), context.folder.path(aside)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw new AppError('fileNotWritable', { path: dataPath, reason: reasonOf(error) }, { cause: error });
    });
    await context.journal(say('vaultJournalAnew', { folder: aside }));
  }
  await startVault(context, client);
}
