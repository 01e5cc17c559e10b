import { randomInt } from 'node:crypto';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import { say } from '../../../../shared/text.ts';
import type { RootView } from '../../../../shared/vaultCluster.ts';
import type { RootStatus } from '../../../clients/vault/ceremonies.ts';
import { type KeptRoot, readInit, readRoot } from '../../../clients/vault/forStack.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { checkPgpKey } from '../pgpKeys.ts';
import { normalisedShare } from '../shares.ts';
import { armoredMessage, binaryKey } from './pgpMessage.ts';
import type { atRoot } from './rekeyPlace.ts';

export type RootPlace = Parameters<Parameters<typeof atRoot>[1]>[0];

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

async function keepRoot({ secrets }: Pick<StackAccess, 'secrets'>, record: KeptRoot): Promise<void> {
  const text = JSON.stringify(record);
  await secrets.set('vault.root', new Secret(text));
  if (secrets.get('vault.root')?.reveal() !== text) throw new AppError('vaultRekeyNotSealed', { reason: 'it reads back differently' });
}

/** Our own attempt that waits for shares. Throws `vaultRootNone`. */
async function asked(
  access: StackAccess,
  { client, flow }: RootPlace,
): Promise<{ record: KeptRoot & { state: 'asked' }; status: RootStatus }> {
  const record = readRoot(access);
  const status = await client.rootStatus(flow);
  if (record?.state !== 'asked' || !status.started || (record.nonce !== undefined && record.nonce !== status.nonce))
    throw new AppError('vaultRootNone');
  return { record, status };
}

/**
 * Begins an attempt. Without a PGP key the OTP is made and sealed here before the server learns it, so the token opens
 * only here; with one, only its owner reads the token. Throws `vaultRootRuns`.
 */
export async function beginRoot(access: StackAccess, { client, flow }: RootPlace, pgp: string | undefined): Promise<void> {
  access.secrets.requireDurable('Vault');
  const key = pgp === undefined ? undefined : await checkPgpKey(pgp);
  const before = await client.rootStatus(flow);
  const earlier = readRoot(access);
  // One that Vault never heard of, as after a lost connection, is no attempt.
  const unheard = earlier?.state === 'asked' && earlier.nonce === undefined;
  if (before.started || (earlier !== undefined && !unheard)) throw new AppError('vaultRootRuns');
  // Vault before 1.10 and OpenBao make tokens of 26 letters, later Vaults of 28; both say so.
  const otp = Array.from({ length: before.otp_length || 26 }, () => letters[randomInt(letters.length)]).join('');
  const record: KeptRoot & { state: 'asked' } = {
    state: 'asked',
    at: new Date().toISOString(),
    ...(key === undefined ? { otp } : { pgp: key.fingerprint }),
  };
  await keepRoot(access, record);
  const asks = key === undefined ? { otp } : { pgp_key: await binaryKey(key.armored) };
  const { nonce } = await client.rootBegin(flow, asks).catch(async (error: unknown) => {
    if (isAppError(error) && error.code.startsWith('vault')) await access.secrets.delete('vault.root');
    throw error;
  });
  // From here on Vault has the attempt: whatever fails, the OTP that opens its token stays.
  await keepRoot(access, { ...record, nonce });
  await access.journal(say('vaultJournalRootBegun'));
}

/** One share. With the last one the token is sealed here, or its message kept for the owner of the key. Throws `vaultSharesWrong`. */
export async function giveRootShare(access: StackAccess, place: RootPlace, typed: Secret): Promise<'taken' | 'repeated' | 'made'> {
  const { client, flow, status: seal } = place;
  const { record, status } = await asked(access, place);
  const share = normalisedShare(typed, seal.n);
  let answer: RootStatus | undefined;
  try {
    answer = await client.rootGive(flow, share, status.nonce);
  } catch (error) {
    if (isAppError(error, 'vaultShareTwice')) return 'repeated';
    throw error;
  }
  if (answer === undefined) throw new AppError('vaultSharesWrong', { threshold: status.required });
  if (!answer.complete) return 'taken';
  const at = new Date().toISOString();
  if (record.otp === undefined) {
    const content = await armoredMessage(Buffer.from(answer.encoded_token, 'base64'));
    await keepRoot(access, { state: 'message', at, content, fingerprint: record.pgp ?? '' });
  } else {
    const token = decoded(answer.encoded_token, record.otp);
    // First of all: nobody else will ever have it.
    await keepRoot(access, { state: 'made', at, token: token.reveal(), accessor: '' });
    const { accessor } = await client.lookupSelf(token);
    await keepRoot(access, { state: 'made', at, token: token.reveal(), accessor });
  }
  await access.journal(say('vaultJournalRootMade'));
  return 'made';
}

/** Base64 without padding, XORed with the OTP's letters (vault.md 1.10). */
function decoded(encoded: string, otp: string): Secret {
  const bytes = Buffer.from(encoded, 'base64');
  const mask = Buffer.from(otp, 'ascii');
  if (bytes.length !== mask.length) throw new AppError('answerNotUnderstood', { host: 'generate-root', reason: `${bytes.length} bytes` });
  return new Secret(Buffer.from(bytes.map((byte, at) => byte ^ (mask[at] ?? 0))).toString('ascii'));
}

/** Gives kept shares until there are enough. Throws `vaultSharesMissing`. */
export async function giveKeptRootShares(access: StackAccess, place: RootPlace): Promise<void> {
  const { status } = await asked(access, place);
  const kept = readInit(access)?.keys_base64 ?? [];
  if (kept.length < status.required) throw new AppError('vaultSharesMissing', { kept: kept.length, threshold: status.required });
  for (const share of kept) if ((await giveRootShare(access, place, new Secret(share))) === 'made') return;
}

/** Ends an attempt, whoever began it, and forgets a message or a lost attempt. A token that was made is revoked instead. */
export async function cancelRoot(access: StackAccess, { client, flow }: RootPlace): Promise<void> {
  const status = await client.rootStatus(flow);
  if (status.started) {
    await client.rootCancel(flow, status.nonce);
    await access.journal(say('vaultJournalRootCancelled'));
  }
  if (readRoot(access)?.state !== 'made') await access.secrets.delete('vault.root');
}

/** Where it stands. `given`: what this engine remembers of who gave a share. */
export async function rootViewOf(access: StackAccess, place: RootPlace, givenTo: (nonce: string) => RootView['given']): Promise<RootView> {
  const { client, flow, status: seal } = place;
  const record = readRoot(access);
  const status = await client.rootStatus(flow);
  const ours = record?.state === 'asked' && status.started && (record.nonce ?? status.nonce) === status.nonce;
  const phase: RootView['phase'] =
    record?.state === 'made' || record?.state === 'message'
      ? 'made'
      : ours
        ? 'collecting'
        : record?.state === 'asked' && record.nonce !== undefined
          ? 'lost'
          : status.started
            ? 'foreign'
            : 'none';
  return {
    phase,
    flow,
    ...howOf(record),
    ...(status.nonce === '' ? {} : { nonce: status.nonce }),
    required: status.started ? status.required : seal.t,
    progress: status.progress,
    given: status.nonce === '' ? [] : givenTo(status.nonce),
    kept: readInit(access)?.keys_base64.length ?? 0,
    ...(record?.state === 'made' ? { token: { accessor: record.accessor, madeAt: record.at } } : {}),
    ...(record?.state === 'message'
      ? { message: { name: `${access.stack.id}-root-token.asc`, content: record.content, fingerprint: record.fingerprint } }
      : {}),
    ...(phase === 'lost' ? { since: record?.at ?? '' } : {}),
    at: new Date().toISOString(),
  };
}

function howOf(record: KeptRoot | undefined): Pick<RootView, 'how'> {
  if (record === undefined) return {};
  return { how: record.state === 'message' || (record.state === 'asked' && record.pgp !== undefined) ? 'pgp' : 'otp' };
}
