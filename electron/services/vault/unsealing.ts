import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { errorsOf, refusal } from '../../clients/vault/answers.ts';
import type { KeptInit } from '../../clients/vault/forStack.ts';
import { type SealStatus, sealStatus } from '../../clients/vault/sys.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';

/**
 * Gives one share; with the last one it waits for a node that joins. At the threshold a wrong set is refused with 400 or 500 by version, and all shares of the attempt are
 * forgotten (vault.md 2.3): `vaultSharesWrong`. `threshold` is for that message.
 */
export async function giveShare(client: VaultClient, share: Secret, threshold: number): Promise<SealStatus> {
  const answer = await client.unseal(share);
  if (answer.status === 200) {
    const status = sealStatus.safeParse(answer.json);
    if (status.success) return status.data.sealed && status.data.progress === 0 ? whileItJoins(client, status.data) : status.data;
    throw new AppError('answerNotUnderstood', { host: client.host, reason: 'sys/unseal: HTTP 200' });
  }
  const text = errorsOf(answer).join(' ').toLowerCase();
  if (/must be a valid hex or base64/.test(text)) throw new AppError('vaultShareEncoding');
  if (/message authentication failed|invalid key|combined key|unseal failed/.test(text))
    throw new AppError('vaultSharesWrong', { threshold });
  throw refusal(answer, client.host, 'sys/unseal');
}

const deviceMs = 10_000;
const joinMs = 20_000;

/** A raft node that joins says "sealed" to its last share, too: it opens once the leader has taken it in. */
async function whileItJoins(client: VaultClient, first: SealStatus): Promise<SealStatus> {
  const end = Date.now() + joinMs;
  for (let status = first; ; status = await client.sealStatus()) {
    if (!status.sealed || status.progress > 0 || Date.now() > end) return status;
    await pause(200);
  }
}

/** After init a server with a seal device opens itself, a moment later. Throws `vaultSealDevice` when it does not. */
async function waitForDevice(client: VaultClient, first: SealStatus): Promise<SealStatus> {
  const end = Date.now() + deviceMs;
  for (let status = first; ; status = await client.sealStatus()) {
    if (!status.sealed) return status;
    if (Date.now() > end) throw new AppError('vaultSealDevice', { host: client.host, seal: status.type });
    await pause(200);
  }
}

/**
 * Unseals with the shares that Sealdeck keeps. A half-done attempt of others is reset first: it may hold a wrong share,
 * and these are enough. Throws `vaultSharesMissing`, `vaultSharesWrong`.
 */
export async function unsealWithKept(
  client: VaultClient,
  kept: KeptInit | undefined,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<SealStatus> {
  let status = await client.sealStatus();
  if (!status.initialized) throw new AppError('vaultNotInitialised', { host: client.host });
  if (!status.sealed) return status;
  // Recovery keys open nothing: the seal device does, at the server's start (vault.md 2.4).
  if (status.recovery_seal || kept?.recovery === true) return waitForDevice(client, status);
  const threshold = status.t;
  const shares = kept?.keys_base64 ?? [];
  if (shares.length < threshold) throw new AppError('vaultSharesMissing', { kept: shares.length, threshold });
  if (status.progress > 0) status = await client.resetUnseal();
  for (const [index, share] of shares.slice(0, threshold).entries()) {
    status = await giveShare(client, new Secret(share), threshold);
    onProgress(index + 1, threshold);
    if (!status.sealed) return status;
  }
  // Another attempt came between: the shares are good, so the reset above would have let them through.
  throw new AppError('vaultAttemptReset', { node: client.host, threshold });
}
