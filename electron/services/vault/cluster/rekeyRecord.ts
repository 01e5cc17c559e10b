import { z } from 'zod';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import { custodian } from '../../../../shared/stacks.ts';
import { say } from '../../../../shared/text.ts';
import { shareKind } from '../../../../shared/vaultCluster.ts';
import { type KeptInit, readInit } from '../../../clients/vault/forStack.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';
import { readSealed } from '../../../platform/sealedJson.ts';
import { changeStore, newId } from '../custodians.ts';

/** 'vault.rekey' of the sealed store. Written before the server is asked to begin; gone when the new shares count, or never will. */
const rekeyRecord = z.object({
  kind: shareKind,
  flow: z.enum(['rekey', 'rotate']),
  startedAt: z.string(),
  shares: z.int(),
  threshold: z.int(),
  /** Checked before anything began. */
  custodians: z.array(custodian.omit({ id: true })),
  /** Absent: the engine ended before the server's answer was here. */
  nonce: z.string().optional(),
  /** The new shares, from their arrival. */
  answer: z.object({ keys_base64: z.array(z.string()).min(1), verificationNonce: z.string(), at: z.string() }).optional(),
  /** The server is being asked which shares count: a renewal that runs there now is that question. */
  asking: z.boolean().optional(),
});
export type RekeyRecord = z.infer<typeof rekeyRecord>;

/** Throws `storeDamaged`. */
export function readRekey({ secrets }: Pick<StackAccess, 'secrets'>): RekeyRecord | undefined {
  return readSealed(secrets.get('vault.rekey'), 'vault.rekey', rekeyRecord);
}

/** On disk, read back and opened when it returns. Throws `vaultRekeyNotSealed`. */
export async function keepRekey(access: Pick<StackAccess, 'secrets'>, record: RekeyRecord): Promise<RekeyRecord> {
  await seal(access, 'vault.rekey', JSON.stringify(record));
  return record;
}

async function seal({ secrets }: Pick<StackAccess, 'secrets'>, name: 'vault.rekey' | 'vault.init', text: string): Promise<void> {
  try {
    await secrets.set(name, new Secret(text));
    if (secrets.get(name)?.reveal() !== text) throw new Error('it reads back differently');
  } catch (error) {
    throw new AppError('vaultRekeyNotSealed', { reason: isAppError(error) ? error.code : reasonOf(error) }, { cause: error });
  }
}

/**
 * The new shares count: they take the old ones' place, and the document names those who will hold them. Each part can be
 * done again; the record goes last.
 */
export async function adoptShares(access: StackAccess, record: RekeyRecord, keys: readonly string[]): Promise<void> {
  const { shares, threshold, kind, custodians } = record;
  const rekeyedAt = new Date().toISOString();
  const { recovery: _, ...before }: Partial<KeptInit> = readInit(access) ?? {};
  const init: KeptInit = {
    ...before,
    keys_base64: [...keys],
    shares,
    threshold,
    rekeyedAt,
    ...(kind === 'recovery' ? { recovery: true } : {}),
  };
  await seal(access, 'vault.init', JSON.stringify(init));
  await changeStore(access, ({ sharesDestroyedAt: _gone, ...store }) => ({
    ...store,
    custodians: custodians.map((each) => ({ ...each, id: store.custodians.find(({ name }) => name === each.name)?.id ?? newId() })),
  }));
  await access.secrets.delete('vault.rekey');
  await access.journal(say('vaultJournalRekeyed', { shares, threshold }));
}
