import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { lockOf, lockThatHolds } from './objectLock.ts';
import type { At, CopyOptions, Encrypt, ObjectClient, ObjectFacts, Written } from './objectTypes.ts';
import { differs, keptDigest, type Looked, lookInto, mustBeAsMeant, type ReadOptions } from './safeCopyCheck.ts';

const smallBytes = 1024 * 1024;
/** Metadata of a version in between: the storage class that the object shall have in the end. */
const betweenMark = 'sealdeck-between';

/** An object, or one version of it, that is to be written again under its own name with another encryption. */
export interface SafeCopyWish {
  at: At;
  /** As a HEAD said just now; absent: it is asked here. What was overwritten since throws `objectChanged`. */
  facts?: ObjectFacts | undefined;
  /** As a listing says: a small object is then asked and read in one request. */
  size?: number | undefined;
  /** Always said in full: a copy that says nothing decrypts (minio.md 3.6). */
  encrypt: Exclude<Encrypt, { kind: 'rule' }>;
  /** Opens the source where it is SSE-C. */
  customerKey?: Secret | undefined;
  /** Of the bucket. */
  versioning: 'off' | 'on' | 'suspended';
  /** The bucket has object lock: retention and hold are asked for on their own, as HEAD hides them from who may not read them. */
  locks?: boolean | undefined;
  /** How the new version is tried: read whole and its SHA-256 compared (default), or one byte of it. */
  check?: 'whole' | 'byte' | undefined;
  /** Judges the source as it is now, before anything is written; what it throws stops the copy. */
  judge?: ((source: ObjectFacts) => void | Promise<void>) | undefined;
  /** The copy is there, and not tried yet: for who must find it again after a kill. */
  onWritten?: ((written: Pick<Written, 'etag' | 'versionId'>) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface SafeCopied {
  etag: string;
  versionId?: string;
  /** Of what landed. */
  facts: ObjectFacts;
  /** `nothing`: it is empty, so that reading it proves nothing. */
  read: 'whole' | 'byte' | 'nothing';
  /** Bytes that were read of source and result. */
  bytesRead: number;
  /** A version in between that could not be removed (SSE-C to SSE-C where versions are kept). */
  leftOver?: string;
}

/**
 * Copies an object onto itself in the way that loses nothing on MinIO: its encryption context sent again, SSE-C to SSE-C
 * through another storage class where versions are kept, retention and hold sent again, and only while it is what was looked
 * at. The source is tried before, the result after. Throws before anything is overwritten `objectChanged` and what stops it
 * from being read; afterwards `copyLandedDifferently`, `copyDoesNotOpen`.
 */
export async function copyEncrypted(client: ObjectClient, wish: SafeCopyWish): Promise<SafeCopied> {
  const { at, encrypt, customerKey, versioning, check = 'whole', signal } = wish;
  const { bucket, key } = at;
  const where = `${bucket}/${key}`;
  // Where no versions are kept it would be too late afterwards.
  const { facts: found, digest, bytes } = await lookAtSource(client, wish, check);
  const source = asItShallBe(found);
  await wish.judge?.(found);
  const { size } = source;
  const lock = wish.locks ? await lockOf(client, at) : lockThatHolds(source.lock);

  const context = contextOf(encrypt, source);
  const target: Exclude<Encrypt, { kind: 'rule' }> = encrypt.kind === 'sse-kms' ? { ...encrypt, context } : encrypt;
  const copy: CopyOptions = {
    from: { ...at, customerKey },
    to: { bucket, key },
    encrypt: target,
    ifMatch: source.etag,
    replace: source !== found || mustReplace(source, target) ? describedAs(source) : undefined,
    lock,
    storageClass: source.storageClass,
    size,
    signal,
  };
  const rotates = source.encryption.state === 'sse-c' && target.kind === 'sse-c' && versioning !== 'off';
  const written: Written & { between?: string } = rotates
    ? await throughOtherClass(client, copy, found.storageClass, target.key)
    : await client.copy(copy);
  wish.onWritten?.(written);

  const landed: At = { bucket, key, ...(written.versionId === undefined ? {} : { versionId: written.versionId }) };
  const opened = target.kind === 'sse-c' ? { customerKey: target.key, signal } : { signal };
  const result = await lookAtResult(client, landed, size === 0 ? 'whole' : check, opened, where);
  const { facts } = result;
  if (facts.etag !== written.etag) throw new AppError('objectChanged', { where });
  mustBeAsMeant(where, { encrypt: target, context, source, lock }, facts);
  if (result.digest !== undefined && digest !== undefined && result.digest !== digest)
    throw differs(where, `SHA-256 ${digest}`, `SHA-256 ${result.digest}`);

  const copied: SafeCopied = { etag: written.etag, facts, read: result.read, bytesRead: bytes + result.bytes };
  if (written.versionId !== undefined) copied.versionId = written.versionId;
  // Also one that a kill left, and that was the source now; never what took its place.
  const between = written.between ?? (source === found || !rotates || check !== 'whole' ? undefined : found.versionId);
  const apart = between !== undefined && written.versionId !== undefined && between !== written.versionId;
  if (apart && !(await removeUnlocked(client, { ...at, versionId: between }))) copied.leftOver = between;
  return copied;
}

/** Whether it is the first of two copies, that a kill left: it says so of itself, with the class that the second one has. */
export function isBetween({ metadata, encryption }: Pick<ObjectFacts, 'metadata' | 'encryption'>): boolean {
  // What an uploader wrote there is no word of ours.
  return encryption.state === 'sse-c' && ['STANDARD', 'REDUCED_REDUNDANCY'].includes(metadata[betweenMark] ?? '');
}

/** What is to be copied: of a version in between, the object that it stands for. */
function asItShallBe(found: ObjectFacts): ObjectFacts {
  if (!isBetween(found)) return found;
  const { [betweenMark]: storageClass = 'STANDARD', ...metadata } = found.metadata;
  return { ...found, metadata, storageClass };
}

/** The one that is wished for, else the one that is there: a copy without it cannot be read any more. */
function contextOf(encrypt: Encrypt, source: ObjectFacts): Readonly<Record<string, string>> | undefined {
  return encrypt.kind === 'sse-kms' ? (encrypt.context ?? source.context) : undefined;
}

/**
 * A context stays in an object's metadata also when it became SSE-S3 or SSE-C, where no answer shows it, and spoils the next
 * copy to SSE-KMS without one (seen on MinIO). Only REPLACE clears it. Plaintext that opens has none.
 */
function mustReplace({ encryption }: ObjectFacts, target: Encrypt): boolean {
  const sent = target.kind === 'sse-kms' && Object.keys(target.context ?? {}).length > 0;
  return encryption.state !== 'plaintext' && !sent;
}

function describedAs({ metadata, headers, contentType }: ObjectFacts): NonNullable<CopyOptions['replace']> {
  return { metadata, headers: { ...headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) } };
}

/**
 * From SSE-C to SSE-C MinIO seals only the key again, and where versions are kept the new version is then destroyed
 * (minio.md 3.6). Another storage class makes it write the content again; a second copy brings the class back. `now`: the
 * class of the source, which is another one already where a kill left it between the two.
 */
async function throughOtherClass(
  client: ObjectClient,
  copy: CopyOptions,
  now = 'STANDARD',
  key: Secret,
): Promise<Written & { between?: string }> {
  const { lock, storageClass = 'STANDARD', replace } = copy;
  if (storageClass !== now) return client.copy({ ...copy, storageClass });
  const other = storageClass === 'STANDARD' ? 'REDUCED_REDUNDANCY' : 'STANDARD';
  const marked = replace && { ...replace, metadata: { ...replace.metadata, [betweenMark]: storageClass } };
  const first = await client.copy({ ...copy, replace: marked, lock: undefined, storageClass: other });
  const from = { ...copy.to, customerKey: key, ...(first.versionId === undefined ? {} : { versionId: first.versionId }) };
  const second = await client.copy({ ...copy, from, ifMatch: first.etag, storageClass, lock });
  return first.versionId === undefined ? second : { ...second, between: first.versionId };
}

/** Its facts and, for `whole`, its digest: the server's own SHA-256 spares reading a large one. */
async function lookAtSource(client: ObjectClient, wish: SafeCopyWish, check: 'whole' | 'byte'): Promise<Omit<Looked, 'read'>> {
  const { at, customerKey, signal } = wish;
  const opened = { customerKey, signal };
  if (!wish.facts && wish.size !== undefined && wish.size <= smallBytes)
    return lookInto(client, at, wish.size === 0 ? 'whole' : check, opened);
  const facts = wish.facts ?? (await client.head(at, opened));
  const kept = keptDigest(facts);
  if (check === 'byte' || kept !== undefined) {
    const opens = await client.readByte(at, facts.size, opened);
    return { facts, bytes: opens ? 1 : 0, ...(kept === undefined ? {} : { digest: kept }) };
  }
  const { digest, bytes } = await lookInto(client, at, 'whole', opened);
  return { facts, bytes, ...(digest === undefined ? {} : { digest }) };
}

async function lookAtResult(client: ObjectClient, at: At, how: 'whole' | 'byte', opened: ReadOptions, where: string): Promise<Looked> {
  try {
    return await lookInto(client, at, how, opened);
  } catch (error) {
    if (!(error instanceof AppError) || error.details.status === undefined) throw error;
    const code = String(error.details.code ?? error.code);
    throw new AppError(
      'copyDoesNotOpen',
      { where, code, ...(at.versionId === undefined ? {} : { versionId: at.versionId }) },
      { cause: error },
    );
  }
}

/** False: a lock, or a right that is missing, keeps it. */
export async function removeUnlocked(client: ObjectClient, at: At): Promise<boolean> {
  try {
    await client.remove(at);
    return true;
  } catch (error) {
    if (isAppError(error, 'objectLocked') || isAppError(error, 'minioAccessDenied')) return false;
    throw error;
  }
}
