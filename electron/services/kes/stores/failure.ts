import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { keyStoreNames, wayOf } from '../../../../shared/servers.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { otherStoreOfKes } from '../../../jobs/ways.ts';
import { refusalOf } from '../death.ts';

/**
 * A failure of the key store behind KES in the words of that key store: outwards KES says only that it could not, and a KES
 * here says why in its log. Any other error, and those of Vault, come back as they are.
 */
export async function keyStoreFailure(access: Pick<StackAccess, 'stack' | 'servers'>, error: unknown): Promise<unknown> {
  const other = otherStoreOfKes(access.stack);
  if (other === undefined) return error;
  const store = keyStoreNames[other.kind];
  if (isAppError(error, 'kesKeyStoreUnreachable'))
    return new AppError('keyStoreDown', { store, host: String(error.details.host) }, { cause: error });
  if (!isAppError(error, 'kesKeyStore')) return error;
  const lines = wayOf(access.stack, 'kes') === 'here' ? await access.servers.lastLines('kes', 20) : [];
  return new AppError('keyStoreFails', { store, reason: refusalOf(lines) ?? String(error.details.reason) }, { cause: error });
}

/** Runs work with KES and tells a failure of its key store in that key store's words. */
export async function explained<T>(access: Pick<StackAccess, 'stack' | 'servers'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw await keyStoreFailure(access, error);
  }
}
