import { isAppError } from '../../../shared/rpc/errors.ts';
import { readInit } from '../../clients/vault/forStack.ts';
import type { VaultClient } from '../../clients/vault/vaultClient.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { adoptShares, readRekey } from './cluster/rekeyRecord.ts';
import { whoMustCome } from './custodians.ts';
import { unsealWithKept } from './unsealing.ts';

/**
 * Unseals with the shares that count. Where a renewal was cut off at its verification those may be the new ones, which
 * lie beside the old: what opens Vault tells. Throws `vaultSharesMissing`, `vaultCustodiansNeeded`, `vaultSharesWrong`.
 */
export async function openWithKept(
  access: StackAccess,
  client: VaultClient,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const kept = readInit(access);
  try {
    await unsealWithKept(client, kept, onProgress);
  } catch (error) {
    const renewed = readRekey(access);
    const maybe = isAppError(error, 'vaultSharesWrong') || isAppError(error, 'vaultSharesMissing');
    if (renewed?.answer === undefined || !maybe) whoMustCome(access, error);
    const { answer, shares, threshold } = renewed;
    await unsealWithKept(client, { keys_base64: answer.keys_base64, shares, threshold }, onProgress).catch((second: unknown) =>
      // The first reason is the one that people can do something about.
      whoMustCome(access, isAppError(second) ? error : second),
    );
    await adoptShares(access, renewed, answer.keys_base64);
  }
}
