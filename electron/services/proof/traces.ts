import { isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { withKes } from '../../clients/kes/forStack.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { keyStoreOf, withVault } from '../../clients/vault/forStack.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { keyStoreOfKes } from '../../jobs/ways.ts';

export interface Traces {
  bucket: string;
  object: string;
  scratchKey?: string | undefined;
}

/** Removes what a proof made, the canary with its versions before its key. What is gone already is no error. */
export async function removeTraces(
  access: StackAccess,
  { bucket, object, scratchKey }: Traces,
  token: () => Promise<Secret>,
): Promise<void> {
  await withS3(access, async (s3) => {
    await s3.deleteObject(bucket, object);
    // Who may not list versions leaves a marker on top, as every client without that right does.
    await s3.deleteVersions(bucket, object).catch((error: unknown) => {
      if (!isAppError(error, 'minioAccessDenied')) throw error;
    });
  }).catch((error: unknown) => {
    if (!isAppError(error, 'objectMissing') && !isAppError(error, 'bucketMissing')) throw error;
  });
  if (scratchKey !== undefined) await deleteScratchKey(access, scratchKey, token);
}

/** Through KES, which also forgets it; in Vault itself where KES has no right to delete. */
async function deleteScratchKey(access: StackAccess, name: string, token: () => Promise<Secret>): Promise<void> {
  try {
    await withKes(access, 'operator', (kes) => kes.deleteKey(name));
  } catch (error) {
    if (isAppError(error, 'kesKeyNotFound')) return;
    if (!isAppError(error, 'kesKeyStore') && !isAppError(error, 'kesNotAuthorised')) throw error;
    // Only Vault can be asked past KES.
    if (keyStoreOfKes(access.stack) === undefined) throw error;
    const { mount, version, prefix } = keyStoreOf(access).engine;
    await withVault(access, (vault) => vault.kvDelete(mount, version, `${prefix}/${name}`), await token());
  }
}
