import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import { say } from '../../../../shared/text.ts';
import type { RekeyInput } from '../../../../shared/vaultCluster.ts';
import type { RekeyAnswer, RekeyStatus } from '../../../clients/vault/ceremonies.ts';
import { readInit } from '../../../clients/vault/forStack.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { checkPlanned } from '../custodians.ts';
import { normalisedShare } from '../shares.ts';
import { phaseOf } from './rekeyPhase.ts';
import type { RekeyPlace } from './rekeyPlace.ts';
import { adoptShares, keepRekey, type RekeyRecord, readRekey } from './rekeyRecord.ts';

export interface Standing {
  readonly record: RekeyRecord | undefined;
  readonly status: RekeyStatus;
  readonly phase: ReturnType<typeof phaseOf>;
  /** What a record was dropped for, just now. */
  readonly dropped: boolean;
}

/** Where the renewal stands; a record that has become void is dropped, a nonce that never arrived is taken over. */
export async function standing(access: StackAccess, { client, base }: RekeyPlace): Promise<Standing> {
  const record = readRekey(access);
  const status = await client.rekeyStatus(base);
  const phase = phaseOf(record, status);
  if (record === undefined || record.answer !== undefined) return { record, status, phase, dropped: false };
  if (phase === 'none' || phase === 'foreign') {
    await access.secrets.delete('vault.rekey');
    return { record: undefined, status, phase, dropped: true };
  }
  const known = record.nonce === undefined ? await keepRekey(access, { ...record, nonce: status.nonce }) : record;
  return { record: known, status, phase, dropped: false };
}

/** Begins a renewal with verification on. Every PGP key is checked in full before. Throws `vaultRekeyRuns`. */
export async function beginRekey(access: StackAccess, place: RekeyPlace, input: RekeyInput): Promise<void> {
  access.secrets.requireDurable('Vault');
  const custodians = await checkPlanned(input.custodians);
  const { client, base, kind, flow } = place;
  const { shares, threshold } = input;
  const now = await standing(access, place);
  if (now.record !== undefined || now.status.started) throw new AppError('vaultRekeyRuns');
  // Before the server: a kill behind its answer must find the renewal to be ours.
  const record: RekeyRecord = { kind, flow, startedAt: new Date().toISOString(), shares, threshold, custodians };
  await keepRekey(access, record);
  try {
    const { nonce } = await client.rekeyBegin(base, shares, threshold);
    await keepRekey(access, { ...record, nonce });
  } catch (error) {
    // What was refused has begun nothing. Of the rest only the server knows, and it is asked at the next look.
    if (isAppError(error) && /^vault/.test(error.code) && error.code !== 'vaultRekeyNotSealed') await access.secrets.delete('vault.rekey');
    throw error;
  }
  await access.journal(say('vaultJournalRekeyBegun', { shares, threshold }));
}

/** Our own renewal that waits for old shares. Throws `vaultRekeyNone`. */
export async function collecting(
  access: StackAccess,
  place: RekeyPlace,
): Promise<{ record: RekeyRecord; nonce: string; status: RekeyStatus }> {
  const { record, status, phase } = await standing(access, place);
  if (record?.nonce === undefined || phase !== 'collecting') throw new AppError('vaultRekeyNone');
  return { record, nonce: record.nonce, status };
}

export type Gave = 'taken' | 'repeated' | 'sealed';

/**
 * One old share. With the last one the new shares come: they are on disk, read back and opened before anything else is
 * done. Throws `vaultSharesWrong`, `vaultRekeyNotSealed`.
 */
export async function giveOldShare(access: StackAccess, place: RekeyPlace, typed: Secret): Promise<Gave> {
  const { record, nonce, status } = await collecting(access, place);
  const share = normalisedShare(typed, place.status.n);
  let answer: RekeyAnswer | undefined;
  try {
    answer = await place.client.rekeyGive(place.base, share, nonce);
  } catch (error) {
    if (isAppError(error, 'vaultShareTwice')) return 'repeated';
    throw error;
  }
  if (answer === undefined) throw new AppError('vaultSharesWrong', { threshold: status.required });
  if (!answer.complete) return 'taken';
  const keys = answer.keys_base64 ?? [];
  // A server that cuts no shares, or verifies none, must not be believed to have renewed them.
  if (keys.length !== record.shares || answer.verification_nonce === '')
    throw new AppError('answerNotUnderstood', { host: place.client.host, reason: `${place.base}/update: ${keys.length} keys` });
  const sealedAt = new Date().toISOString();
  await keepRekey(access, { ...record, answer: { keys_base64: keys, verificationNonce: answer.verification_nonce, at: sealedAt } });
  await access.journal(say('vaultJournalRekeySealed', { shares: record.shares }));
  return 'sealed';
}

/** Gives kept old shares until there are enough. Throws `vaultSharesMissing`. */
export async function giveKeptShares(access: StackAccess, place: RekeyPlace): Promise<void> {
  const { status } = await collecting(access, place);
  const kept = readInit(access)?.keys_base64 ?? [];
  if (kept.length < status.required) throw new AppError('vaultSharesMissing', { kept: kept.length, threshold: status.required });
  for (const share of kept) if ((await giveOldShare(access, place, new Secret(share))) === 'sealed') return;
}

/**
 * The new shares are read back from the sealed store and given once more; only then the old ones end. Where the server no
 * longer says whether that was done, it is asked which shares count. Throws `vaultRekeyNone`, `vaultRekeyVerifyFailed`.
 */
export async function verifyRekey(access: StackAccess, place: RekeyPlace): Promise<'adopted' | 'undone'> {
  const record = readRekey(access);
  if (record?.answer === undefined) throw new AppError('vaultRekeyNone');
  const phase = phaseOf(record, await place.client.rekeyStatus(place.base));
  if (phase === 'unsure') return settle(access, place, record, record.answer.keys_base64);
  if (phase !== 'sealed') throw new AppError('vaultRekeyRuns');
  await verifyShares(place, record.answer.keys_base64.slice(0, record.threshold));
  await adoptShares(access, record, record.answer.keys_base64);
  return 'adopted';
}

async function verifyShares({ client, base }: RekeyPlace, keys: readonly string[]): Promise<void> {
  let status = await client.verifyStatus(base);
  if (status.progress > 0) {
    // An earlier try was cut off: begun anew, so that its shares and ours are not mixed.
    await client.verifyRestart(base, status.nonce);
    status = await client.verifyStatus(base);
  }
  for (const key of keys) {
    const answer = await client.rekeyVerify(base, new Secret(key), status.nonce);
    if (answer === undefined) break;
    if (answer.complete) return;
  }
  throw new AppError('vaultRekeyVerifyFailed', { host: client.host });
}

/**
 * Which shares count? A renewal that is never verified changes nothing, and begins only with shares that count: the new
 * ones are tried in one, which is cancelled then.
 */
async function settle(access: StackAccess, place: RekeyPlace, record: RekeyRecord, keys: readonly string[]): Promise<'adopted' | 'undone'> {
  const { client, base } = place;
  const running = await client.rekeyStatus(base);
  if (running.started && record.asking === true) await client.rekeyCancel(base, running.nonce);
  else if (running.started) throw new AppError('vaultRekeyRuns');
  await keepRekey(access, { ...record, asking: true });
  const { nonce, required } = await client.rekeyBegin(base, record.shares, record.threshold);
  let count = false;
  try {
    count = required === record.threshold && (await open(place, keys.slice(0, required), nonce));
  } finally {
    await client.rekeyCancel(base, nonce);
  }
  if (count) {
    await adoptShares(access, record, keys);
    return 'adopted';
  }
  await access.secrets.delete('vault.rekey');
  await access.journal(say('vaultJournalRekeyUndone'));
  return 'undone';
}

async function open({ client, base }: RekeyPlace, keys: readonly string[], nonce: string): Promise<boolean> {
  for (const key of keys) {
    const answer = await client.rekeyGive(base, new Secret(key), nonce);
    if (answer === undefined) return false;
    if (answer.complete) return true;
  }
  return false;
}

/** Ends a renewal, whoever began it, and sees it ended. Throws `vaultRekeyUnsure`, `vaultRekeyStays`. */
export async function cancelRekey(access: StackAccess, { client, base }: RekeyPlace): Promise<void> {
  const record = readRekey(access);
  const status = await client.rekeyStatus(base);
  if (phaseOf(record, status) === 'unsure') throw new AppError('vaultRekeyUnsure');
  if (status.started) {
    await client.rekeyCancel(base, status.nonce);
    if ((await client.rekeyStatus(base)).started) throw new AppError('vaultRekeyStays', { host: client.host });
  }
  // New shares whose verification was cut off may be the ones that count: somebody else's renewal is no reason to drop them.
  if (record?.answer === undefined || record.nonce === status.nonce) await access.secrets.delete('vault.rekey');
  if (status.started) await access.journal(say('vaultJournalRekeyCancelled'));
}
