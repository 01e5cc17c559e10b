import { setTimeout as pause } from 'node:timers/promises';
import { redact } from '../../../shared/redact.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { SealStatus, VaultHealth } from '../../clients/vault/sys.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';
import type { StackServers } from '../../jobs/step.ts';

/** Not there yet, as opposed to a wrong certificate or a wrong server, which waiting does not mend. */
export function notYet(error: unknown): boolean {
  return isAppError(error, 'networkRefused') || isAppError(error, 'networkBroken') || isAppError(error, 'networkTimeout');
}

/** Waits until a started server answers over verified TLS. Throws `vaultNoAnswer` with its last lines. */
export async function waitAnswer(client: VaultClient, servers: StackServers, signal: AbortSignal, seconds = 30): Promise<SealStatus> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await client.sealStatus(signal);
    } catch (error) {
      if (!notYet(error)) throw error;
      const { state } = await servers.status('vault');
      if (Date.now() > end || state === 'died' || state === 'stopped') {
        const lines = redact((await servers.lastLines('vault', 8)).join(' | '));
        throw new AppError(
          'vaultNoAnswer',
          { url: client.url, seconds: Math.round(seconds - (end - Date.now()) / 1000), lines },
          { cause: error },
        );
      }
    }
    await pause(200, undefined, { signal });
  }
}

/**
 * Waits until the node leads. After unsealing, even a single raft node is a standby for a while (trap 13).
 * Throws `vaultSealed`, `vaultNotInitialised`, and `vaultStandby` when the time is over.
 */
export async function waitActive(client: VaultClient, signal?: AbortSignal, seconds = 60): Promise<VaultHealth> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    signal?.throwIfAborted();
    const health = await client.health(signal);
    if (health.state === 'active') return health;
    if (health.state === 'sealed') throw new AppError('vaultSealed', { host: client.host });
    if (health.state === 'uninitialised') throw new AppError('vaultNotInitialised', { host: client.host });
    if (Date.now() > end) throw new AppError('vaultStandby', { host: client.host });
    await pause(200, undefined, signal ? { signal } : {});
  }
}
