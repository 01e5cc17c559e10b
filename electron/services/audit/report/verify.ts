import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { auditProcedures } from '../../../../shared/audit.ts';
import type { CallOutput } from '../../../../shared/rpc/define.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';
import { DocumentRefused, readDocument } from '../../../platform/storedDocument.ts';
import { contentNames, keyName, type Manifest, manifest, manifestName, signatureName } from './manifest.ts';
import { readPublicKey } from './reportKey.ts';

type Verdict = CallOutput<typeof auditProcedures, 'audit.verify'>;
type FileState = Verdict['files'][number]['state'];

/** A manifest is some kilobytes; anything near this is none. */
const mostBytes = 4_000_000;
const mostAdded = 1_000;
const form = { version: 1, schema: manifest };

/**
 * Judges a report folder by itself: each file against the manifest, the manifest against its signature. When those two do
 * not fit together both are named, for nobody can tell which was changed. Only the fixed names are opened, never a link.
 * `signerOf` says which stack here has a key. Throws `reportNotFound`, `reportDamaged`, `fileNewer`.
 */
export async function verifyReport(
  folder: string,
  { signerOf, signal }: { signerOf?: (fingerprint: string) => Promise<string | undefined>; signal?: AbortSignal } = {},
): Promise<Verdict> {
  if (!isAbsolute(folder)) throw new AppError('reportNotFound', { folder });
  const names = await readdir(folder).catch(() => undefined);
  if (!names?.includes(manifestName)) throw new AppError('reportNotFound', { folder });
  const bytes = await readSmall(join(folder, manifestName));
  if (bytes === undefined) throw damaged(folder, '@auditReportNotPlain');
  const told = readManifest(folder, bytes);

  const states = new Map<string, FileState>([[manifestName, 'intact']]);
  for (const { name, bytes: size, sha256 } of told.files) states.set(name, await judge(join(folder, name), size, sha256, signal));
  const pem = (await readSmall(join(folder, keyName)))?.toString('utf8');
  const signature = await readSmall(join(folder, signatureName));
  const key = pem === undefined ? undefined : readPublicKey(pem);
  const keyFits = key?.fingerprint === told.key;
  states.set(keyName, pem === undefined ? await absent(join(folder, keyName)) : keyFits ? 'intact' : 'altered');
  states.set(signatureName, signature === undefined ? await absent(join(folder, signatureName)) : 'intact');
  const signed = key !== undefined && keyFits && signature !== undefined;
  if (signed && !key.fits(bytes, signature)) for (const name of [manifestName, signatureName]) states.set(name, 'altered');
  for (const name of names.filter((one) => !states.has(one)).slice(0, mostAdded)) states.set(name, 'added');

  const files = order([...states].map(([name, state]) => ({ name, state })));
  const noSignature = [keyName, signatureName].some((name) => states.get(name) === 'missing');
  const others = files.filter(({ name }) => !noSignature || (name !== keyName && name !== signatureName));
  const altered = others.some(({ state }) => state !== 'intact');
  const trusted = signed && states.get(manifestName) === 'intact';
  const signedBy = trusted ? await signerOf?.(told.key) : undefined;
  return {
    result: altered ? 'altered' : noSignature ? 'notSigned' : 'intact',
    files,
    fingerprint: told.key,
    ...(signedBy === undefined ? {} : { signedBy }),
    audit: told.audit,
  };
}

function readManifest(folder: string, bytes: Buffer): Manifest {
  try {
    return readDocument(JSON.parse(bytes.toString('utf8')), form);
  } catch (error) {
    if (error instanceof DocumentRefused && error.newer !== undefined)
      throw new AppError('fileNewer', { path: join(folder, manifestName), version: error.newer }, { cause: error });
    throw damaged(folder, error instanceof DocumentRefused ? error.message : '@auditReportNotJson', error);
  }
}

const damaged = (folder: string, reason: string, cause?: unknown): AppError => new AppError('reportDamaged', { folder, reason }, { cause });

/** A plain file is opened and hashed; another kind of thing under that name is not the file that was written. */
async function judge(path: string, bytes: number, sha256: string, signal: AbortSignal | undefined): Promise<FileState> {
  const file = await openPlain(path);
  if (file === undefined) return absent(path);
  try {
    if ((await file.stat()).size !== bytes) return 'altered';
    const hash = createHash('sha256');
    const stream = file.createReadStream({ autoClose: false, highWaterMark: 1 << 20, ...(signal ? { signal } : {}) });
    for await (const part of stream) hash.update(part as Buffer);
    return hash.digest('hex') === sha256 ? 'intact' : 'altered';
  } catch (error) {
    signal?.throwIfAborted();
    throw new AppError('fileDamaged', { path, reason: reasonOf(error) }, { cause: error });
  } finally {
    await file.close();
  }
}

async function readSmall(path: string): Promise<Buffer | undefined> {
  const file = await openPlain(path);
  if (file === undefined) return undefined;
  try {
    return (await file.stat()).size > mostBytes ? undefined : await file.readFile();
  } finally {
    await file.close();
  }
}

/** Nothing but a regular file, and none that a link leads to: a pipe would wait for ever. */
async function openPlain(path: string): Promise<Awaited<ReturnType<typeof open>> | undefined> {
  if (!(await lstat(path).catch(() => undefined))?.isFile()) return undefined;
  try {
    return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (['ENOENT', 'ELOOP'].includes(reasonOf(error))) return undefined;
    throw new AppError('fileDamaged', { path, reason: reasonOf(error) }, { cause: error });
  }
}

/** What could not be opened as a plain file is not there, or is something else. */
async function absent(path: string): Promise<FileState> {
  return (await lstat(path).catch(() => undefined)) === undefined ? 'missing' : 'altered';
}

function order(files: Verdict['files']): Verdict['files'] {
  const fixed: readonly string[] = [...contentNames, manifestName, signatureName, keyName];
  const place = (name: string): number => (fixed.includes(name) ? fixed.indexOf(name) : fixed.length);
  return files.toSorted((one, other) => place(one.name) - place(other.name) || (one.name < other.name ? -1 : 1));
}
