import { AppError } from '../../../../shared/rpc/errors.ts';
import type { ShareKind } from '../../../../shared/vaultCluster.ts';
import { type RekeyFlow, type RootFlow, rekeyBase } from '../../../clients/vault/ceremonies.ts';
import { vaultFor, vaultTokenFor } from '../../../clients/vault/forStack.ts';
import type { SealStatus } from '../../../clients/vault/sys.ts';
import type { VaultClient } from '../../../clients/vault/vaultClient.ts';
import type { StackAccess } from '../../../jobs/step.ts';

interface Ceremony<F> {
  readonly client: VaultClient;
  readonly flow: F;
  readonly status: SealStatus;
  /** Anybody with enough shares may do it: no login is needed. */
  readonly anonymous: boolean;
}

/** The path that the server has for renewing shares, and a client that may use it. */
export interface RekeyPlace extends Ceremony<RekeyFlow> {
  readonly base: string;
  readonly kind: ShareKind;
}

/**
 * Vault before 2.0 and OpenBao before 2.5 take anybody who has the shares; later ones want a login, and OpenBao has other
 * paths for it (vault.md 1.9). Found out by asking. Throws `vaultNoToken`, `vaultPermissionDenied`, `vaultRekeyNotServed`.
 */
export async function atRekey<T>(access: StackAccess, work: (place: RekeyPlace) => Promise<T>): Promise<T> {
  const kindOf = (status: SealStatus): ShareKind => (status.recovery_seal ? 'recovery' : 'unseal');
  return ceremony<RekeyFlow, T>(
    access,
    (status) => [
      ['rekey', `${rekeyBase.rekey[kindOf(status)]}/init`],
      ['rotate', `${rekeyBase.rotate[kindOf(status)]}/init`],
    ],
    (found) => work({ ...found, kind: kindOf(found.status), base: rekeyBase[found.flow][kindOf(found.status)] }),
  );
}

/** The same for new root tokens (vault.md 1.10). */
export function atRoot<T>(access: StackAccess, work: (place: Ceremony<RootFlow>) => Promise<T>): Promise<T> {
  return ceremony<RootFlow, T>(
    access,
    () => [
      ['generate-root', 'sys/generate-root/attempt'],
      ['generate-root-token', 'sys/generate-root-token/attempt'],
    ],
    work,
  );
}

async function ceremony<F extends string, T>(
  access: StackAccess,
  paths: (status: SealStatus) => readonly (readonly [F, string])[],
  work: (found: Ceremony<F>) => Promise<T>,
): Promise<T> {
  const stranger = await vaultFor(access);
  try {
    const status = await stranger.sealStatus();
    if (!status.initialized) throw new AppError('vaultNotInitialised', { host: stranger.host });
    if (status.sealed) throw new AppError('vaultSealed', { host: stranger.host });
    const known = paths(status);
    for (const [flow, path] of known)
      if ((await stranger.serves(path)) === 'yes') return await work({ client: stranger, flow, status, anonymous: true });
    const client = await vaultFor(access, await vaultTokenFor(access));
    try {
      let refused: string | undefined;
      for (const [flow, path] of known) {
        const served = await client.serves(path);
        if (served === 'yes') return await work({ client, flow, status, anonymous: false });
        if (served === 'login') refused = path;
      }
      if (refused !== undefined) throw new AppError('vaultPermissionDenied', { host: client.host, path: refused });
      throw new AppError('vaultRekeyNotServed', { host: client.host });
    } finally {
      await client.close();
    }
  } finally {
    await stranger.close();
  }
}
