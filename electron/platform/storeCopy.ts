import { AppError } from '../../shared/rpc/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { openFile, peekHeader, sealFile } from './sealedFile.ts';
import { type SealedStore, storeContentForm } from './sealedStore.ts';
import { DocumentRefused, readDocument } from './storedDocument.ts';
import { findWrappingKey, makeWrappingKey } from './wrappingKey.ts';

/** A passphrase needs neither folder nor keychain. */
const nowhere = { folder: '', keychain: undefined as never };
const stackScope = /^stack:/;

/** The whole store as a sealed file under a passphrase of its own, base64. Throws `passphraseShort`, `storeLocked`. */
export async function copyOf(store: SealedStore, passphrase: Secret): Promise<string> {
  const content = Buffer.from(store.content().reveal());
  const { key, header } = await makeWrappingKey(nowhere, 'passphrase', passphrase);
  const bytes = sealFile({ v: 1, alg: 'A256GCM', generation: 1, ...header }, key, content);
  key.fill(0);
  return bytes.toString('base64');
}

/**
 * Takes over the secrets of stacks that have none here; with `replace` also of those that have, name by name. What the file
 * does not name stays. The journal's seal is this data folder's own and is never taken. Counts are secrets.
 */
export async function takeCopy(
  store: SealedStore,
  content: string,
  passphrase: Secret,
  replace: boolean,
): Promise<{ taken: number; kept: number }> {
  store.requireDurable('A copy of a store');
  const scopes = await openCopy(content, passphrase);
  let [taken, kept] = [0, 0];
  for (const [scope, values] of Object.entries(scopes)) {
    if (!stackScope.test(scope)) continue;
    const names = Object.keys(values);
    const there = store.names(scope);
    if (there.length > 0 && !replace) {
      kept += names.length;
      continue;
    }
    const fresh = names.filter((name) => store.get(scope, name)?.reveal() !== values[name]);
    if (fresh.length > 0) await store.setAll(scope, new Map(fresh.map((name) => [name, new Secret(values[name] ?? '')])));
    taken += fresh.length;
    kept += names.length - fresh.length;
  }
  return { taken, kept };
}

async function openCopy(content: string, passphrase: Secret): Promise<Record<string, Record<string, string>>> {
  const file = 'store copy';
  const bytes = Buffer.from(content.trim(), 'base64');
  const header = peekHeader(file, bytes);
  if (header.mode !== 'passphrase') throw new AppError('storeDamaged', { file, reason: 'it is not sealed under a passphrase' });
  const key = await findWrappingKey(nowhere, header, passphrase);
  try {
    return readDocument(JSON.parse(openFile(file, bytes, key).content.toString('utf8')), storeContentForm).scopes;
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (error instanceof DocumentRefused && error.newer !== undefined)
      throw new AppError('fileNewer', { path: file, version: error.newer });
    throw new AppError('storeDamaged', { file, reason: 'its content does not fit the schema' });
  } finally {
    key.fill(0);
  }
}
