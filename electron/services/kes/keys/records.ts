import { z } from 'zod';
import type { KeptRecord } from '../../../../shared/kesKeys.ts';
import { sameCluster } from '../../../../shared/projected.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { KeyStore } from '../../../../shared/stacks.ts';
import { say, type Text } from '../../../../shared/text.ts';
import { withVault } from '../../../clients/vault/forStack.ts';
import { kvPath } from '../../../clients/vault/kv.ts';
import { kvRecord, placeOf, putRecordBack, recordHash } from '../../../clients/vault/kvRecord.ts';
import { newRunId } from '../../../platform/runId.ts';
import { readSealed } from '../../../platform/sealedJson.ts';
import { createSerialQueue } from '../../../platform/serialQueue.ts';
import type { Access, KesKeysDeps } from './deps.ts';

const name = 'key.records';
const entry = kvRecord.extend({
  id: z.string(),
  name: z.string(),
  /** The id of the KES. */
  cluster: z.string(),
  /** The MinIO cluster that it belongs to. Absent: the first. */
  minio: z.string().optional(),
  at: z.string(),
});
type Entry = z.infer<typeof entry>;
const sealed = z.object({ version: z.literal(1), records: z.array(entry) });

/** One after the other, for all stacks: a change reads, changes and writes. */
const inTurn = createSerialQueue();

/** The store is the stack's: one cluster never puts back or forgets what another deleted. */
const own = (access: Pick<Access, 'secrets' | 'cluster'>): Entry[] =>
  read(access).filter(({ minio }) => sameCluster(minio, access.cluster));
const read = ({ secrets }: Pick<Access, 'secrets'>): Entry[] => readSealed(secrets.get(name), name, sealed)?.records ?? [];

/** Those of this KES, newest first, without what they hold. */
export function keptRecords(access: Pick<Access, 'secrets' | 'cluster'>): KeptRecord[] {
  return own(access)
    .map(told)
    .toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

/** What is said of an entry: all but what it holds. */
function told({ id, name: key, at, record, ...where }: Entry): KeptRecord {
  return { id, name: key, at, place: placeOf(where), sha256: recordHash(record) };
}

/** Why no copy of a key's record can be kept. Undefined: it can, and put back. Asks Vault what its login may do. */
export async function noCopy(
  access: Access,
  store: KeyStore | undefined,
  key: string,
  vaultToken: KesKeysDeps['vaultToken'],
): Promise<Text | undefined> {
  if (store === undefined) return say('kesCopyNoVault');
  const { mount, version, prefix } = store.engine;
  const path = kvPath(mount, version, 'data', `${prefix}/${key}`);
  try {
    const may = await withVault(access, (vault) => vault.capabilitiesSelf([path]), await vaultToken(access));
    const missing = ['read', 'create'].find((wanted) => !may[path]?.some((one) => one === 'root' || one === wanted));
    return missing === undefined ? undefined : say('kesCopyNoRight', { path, capability: missing });
  } catch (error) {
    if (isAppError(error)) return say('kesCopyNoLogin', { code: error.code });
    throw error;
  }
}

/** Reads a key's record in Vault and seals it, on disk when this returns. Throws `kesRecordMissing`, `storeNotDurable`. */
export async function keepRecord(access: Access, store: KeyStore, cluster: string, key: string, token: Secret): Promise<KeptRecord> {
  access.secrets.requireDurable('key.records');
  const { mount, version, prefix } = store.engine;
  const path = `${prefix}/${key}`;
  const record = await withVault(access, (vault) => vault.kvRead(mount, version, path), token);
  if (record === undefined) throw new AppError('kesRecordMissing', { path: placeOf({ mount, path }) });
  const whose = access.cluster === undefined ? {} : { minio: access.cluster };
  const kept: Entry = { id: newRunId(), name: key, cluster, ...whose, at: new Date().toISOString(), mount, version, path, record };
  await write(access, (all) => [...all, kept]);
  if (!read(access).some(({ id }) => id === kept.id)) throw new AppError('storeDamaged', { file: name, reason: 'it was not kept' });
  return told(kept);
}

/** Puts a record back where it was and reads it there. Throws `kesKeyExists` when another one is there, `kesRecordUnknown`. */
export async function putBack(access: Access, id: string, token: Secret): Promise<KeptRecord & { cluster: string }> {
  const kept = own(access).find((one) => one.id === id);
  if (!kept) throw new AppError('kesRecordUnknown', { id });
  const outcome = await withVault(access, (vault) => putRecordBack(vault, kept), token);
  if (outcome === 'other') throw new AppError('kesKeyExists', { name: kept.name });
  if (outcome === 'differs') throw new AppError('kesRecordDiffers', { path: placeOf(kept) });
  return { ...told(kept), cluster: kept.cluster };
}

/** Throws `kesRecordUnknown`, and `kesTypedOther` when the name that was typed is another. */
export async function forgetRecord(access: Access, id: string, typed: string): Promise<string> {
  const kept = own(access).find((one) => one.id === id);
  if (!kept) throw new AppError('kesRecordUnknown', { id });
  if (typed !== kept.name) throw new AppError('kesTypedOther', { name: kept.name });
  await write(access, (all) => all.filter((one) => one.id !== id));
  return kept.name;
}

function write(access: Access, change: (all: Entry[]) => Entry[]): Promise<void> {
  return inTurn(async () => {
    const records = change(read(access));
    if (records.length === 0) await access.secrets.delete(name);
    else await access.secrets.set(name, new Secret(JSON.stringify({ version: 1, records } satisfies z.infer<typeof sealed>)));
  });
}
