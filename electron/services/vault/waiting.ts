import { setTimeout as pause } from 'node:timers/promises';
import { redact } from '../../../shared/redact.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { keyStoreOf } from '../../clients/vault/forStack.ts';
import type { SealStatus, VaultHealth } from '../../clients/vault/sys.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';
import type { StackServers, StepContext } from '../../jobs/step.ts';
import { tell } from '../../jobs/tell.ts';
import { certificatesIn, probe } from '../../platform/tlsProbe.ts';
import { configPath, dataPath } from './configuration.ts';
import { productName } from './productName.ts';

/** Not there yet, as opposed to a wrong certificate or a wrong server, which waiting does not mend. */
export function notYet(error: unknown): boolean {
  return isAppError(error, 'networkRefused') || isAppError(error, 'networkBroken') || isAppError(error, 'networkTimeout');
}

/** The node that Sealdeck starts; undefined where all run elsewhere. */
export function ownNode(context: Pick<StepContext, 'stack'>): string | undefined {
  return keyStoreOf(context).nodes.find(({ way }) => way === 'here')?.id;
}

/** Starts the server with the configuration that lies there, unless it runs, and waits for its answer. */
export async function startVault(context: StepContext, client: VaultClient): Promise<SealStatus> {
  const { product, storage } = keyStoreOf(context);
  const { state } = await context.servers.status('vault');
  if (storage !== 'inmem') await context.folder.makeFolder(dataPath, 0o700);
  await context.servers.start('vault', product, { args: ['server', `-config=${context.folder.path(configPath)}`] });
  if (state !== 'running') await context.journal(say('vaultJournalStarted', { program: productName(product) }));
  else await readCertificateAgain(context, client.url);
  return waitAnswer(client, context.servers, context.signal);
}

/**
 * A server that runs serves the certificate of its start, although another one lies in the file by now. SIGHUP makes it
 * read the file again without sealing it (vault.md 5.2, #11743).
 */
async function readCertificateAgain({ stack, folder, servers, signal }: StepContext, url: string): Promise<void> {
  const [wanted] = certificatesIn((await folder.read('certs/vault.crt')) ?? '');
  if (wanted === undefined || process.platform === 'win32') return;
  for (let tries = 0; tries < 40; tries += 1) {
    const served = await probe(url, { signal }).then(
      ({ chain }) => chain[0]?.fingerprint256,
      () => undefined,
    );
    // Nothing seen: whoever waits for the answer says why.
    if (served === undefined || served === wanted.fingerprint256) return;
    if (tries === 0 && !(await tell({ stack, servers }, 'vault'))) return;
    await pause(50, undefined, { signal });
  }
}

/** Waits until a started server answers over verified TLS. Throws `vaultNoAnswer` with its last lines. */
async function waitAnswer(client: VaultClient, servers: StackServers, signal: AbortSignal, seconds = 30): Promise<SealStatus> {
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
    await pause(50, undefined, { signal });
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
    await pause(50, undefined, signal ? { signal } : {});
  }
}

/** Waits until the node leads, or follows a leader that it knows. Throws `vaultSealed`, `vaultStandby` when the time is over. */
export async function waitInService(client: VaultClient, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const health = await client.health();
    if (health.state === 'active') return;
    if (health.state === 'sealed') throw new AppError('vaultSealed', { host: client.host });
    const leader = health.state === 'standby' ? await client.leader() : undefined;
    // A node that was alone finds its own address in the lock until it leads.
    if (leader !== undefined && leader.leader_address !== '' && leader.leader_address.replace(/\/$/, '') !== client.url && !leader.is_self)
      return;
    if (Date.now() > end) throw new AppError('vaultStandby', { host: client.host });
    await pause(50);
  }
}
