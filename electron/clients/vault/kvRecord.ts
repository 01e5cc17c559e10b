import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { VaultClient } from './vaultClient.ts';

/** A whole entry of K/V and where it was: what is kept of a key's record while it is out of Vault. */
export const kvRecord = z.object({
  mount: z.string(),
  version: z.union([z.literal(1), z.literal(2)]),
  path: z.string(),
  record: z.record(z.string(), z.string()),
});
export type KvRecord = z.infer<typeof kvRecord>;

export const placeOf = ({ mount, path }: Pick<KvRecord, 'mount' | 'path'>): string => `${mount}/${path}`;

/** Hex SHA-256 of a record, whatever the order of its fields. */
export function recordHash(record: KvRecord['record']): string {
  const ordered = Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(ordered)).digest('hex');
}

/**
 * Puts a record where it was and reads it there. `other`: another one was there, nothing was written; `differs`: Vault returns
 * other bytes than were written. K/V v2: KES reads version 1 alone, so what is left of a deleted entry is removed first (kes.md 5.1).
 */
export async function putRecordBack(vault: VaultClient, { mount, version, path, record }: KvRecord): Promise<'back' | 'other' | 'differs'> {
  const isSame = (found: KvRecord['record'] | undefined): boolean => found !== undefined && recordHash(found) === recordHash(record);
  const there = await vault.kvRead(mount, version, path);
  // The same bytes: a former try was cut off after the write.
  if (there !== undefined) return isSame(there) ? 'back' : 'other';
  if (version === 2) await vault.kvDelete(mount, version, path);
  await vault.kvWrite(mount, version, path, record, version === 2 ? { cas: 0 } : {});
  return isSame(await vault.kvRead(mount, version, path)) ? 'back' : 'differs';
}
