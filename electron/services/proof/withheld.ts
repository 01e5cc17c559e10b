import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { keyStoreOf, withVault } from '../../clients/vault/forStack.ts';
import { kvRecord, placeOf, putRecordBack, recordHash } from '../../clients/vault/kvRecord.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { readSealed } from '../../platform/sealedJson.ts';

/** `proof.withheld` of the sealed store: the record that is out of Vault now, and the proof that took it. */
const withheld = kvRecord.extend({ proof: z.string() });
type Withheld = z.infer<typeof withheld>;

/** Name and value of the one entry that a proof may withhold: its own scratch key's. */
function entryOf(access: Pick<StackAccess, 'stack'>, key: string): Pick<Withheld, 'mount' | 'version' | 'path'> {
  const { mount, version, prefix } = keyStoreOf(access).engine;
  return { mount, version, path: `${prefix}/${key}` };
}

/** Reads the scratch key's record, seals it on disk, and only then deletes it in Vault. Returns the place of the entry. */
export async function withhold(access: StackAccess, token: Secret, proof: string, key: string): Promise<{ place: string; sha256: string }> {
  const entry = entryOf(access, key);
  const { mount, version, path } = entry;
  const place = placeOf(entry);
  return withVault(
    access,
    async (vault) => {
      const record = await vault.kvRead(mount, version, path);
      if (record === undefined) throw new AppError('proofRecordMissing', { path: place });
      await access.secrets.set('proof.withheld', new Secret(JSON.stringify({ proof, ...entry, record } satisfies Withheld)));
      if (keptRecord(access)?.proof !== proof) throw new AppError('storeDamaged', { file: 'proof.withheld', reason: 'it was not kept' });
      await vault.kvDelete(mount, version, path);
      if ((await vault.kvRead(mount, version, path)) !== undefined) throw new AppError('proofNotWithheld', { path: place });
      return { place, sha256: recordHash(record) };
    },
    token,
  );
}

/** Puts a withheld record back, whoever took it, and forgets it only when Vault returns the same bytes. */
export async function putBack(access: StackAccess, token: Secret): Promise<{ proof: string; place: string; sha256: string } | undefined> {
  const kept = keptRecord(access);
  if (!kept) return undefined;
  const place = placeOf(kept);
  const outcome = await withVault(access, (vault) => putRecordBack(vault, kept), token);
  if (outcome !== 'back') throw new AppError('proofRecordDiffers', { path: place });
  await access.secrets.delete('proof.withheld');
  return { proof: kept.proof, place, sha256: recordHash(kept.record) };
}

function keptRecord({ secrets }: Pick<StackAccess, 'secrets'>): Withheld | undefined {
  return readSealed(secrets.get('proof.withheld'), 'proof.withheld', withheld);
}
