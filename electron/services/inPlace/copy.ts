import { createHash } from 'node:crypto';
import type { ObjectState } from '../../../shared/objects.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { At, Encrypt, Lock, ObjectClient, ObjectFacts, Written } from '../../clients/s3/objectTypes.ts';
import { isAsMeant, stateName } from './states.ts';

/** A version that is to be copied onto its own name, as HEAD showed it. */
export interface Source {
  at: At;
  facts: ObjectFacts;
  customerKey?: Secret | undefined;
  /** Retention and hold that a copy does not inherit. */
  lock?: Lock | undefined;
}

/** Where the server keeps objects itself; any other name is a tier, from which a copy would fetch everything back. */
const ownClasses: readonly (string | undefined)[] = [undefined, '', 'STANDARD', 'REDUCED_REDUNDANCY'];

export function requireHere({ at, facts }: Pick<Source, 'at' | 'facts'>): void {
  if (!ownClasses.includes(facts.storageClass))
    throw new AppError('inPlaceTiered', { where: nameOf(at), storageClass: facts.storageClass ?? '' });
}

/** Retention that is over is refused when it is sent again, and means nothing any more. */
export function lockToSend(lock: Lock | undefined, now = Date.now()): Lock | undefined {
  if (!lock) return undefined;
  const active = lock.mode !== undefined && lock.until !== undefined && Date.parse(lock.until) > now;
  if (!active && !lock.hold) return undefined;
  return { ...(active ? { mode: lock.mode, until: lock.until } : {}), ...(lock.hold ? { hold: true } : {}) };
}

/** Whether the server would refuse to delete this version. Retention of the mode GOVERNANCE counts, too: it is never bypassed. */
export function isLocked(lock: Lock | undefined): boolean {
  return lockToSend(lock) !== undefined;
}

/** How the copy is written: an SSE-KMS object keeps its context unless another one is wanted (minio.md 3.6). */
export function encryptOf(target: Encrypt, { context }: Pick<ObjectFacts, 'context'>): Encrypt {
  return target.kind === 'sse-kms' && target.context === undefined && context !== undefined ? { ...target, context } : target;
}

/**
 * Copies a version onto its own name, encrypted as told; the target is always sent. Throws `objectChanged` when it was
 * overwritten since its HEAD.
 */
export function copyOnto(
  client: ObjectClient,
  { at, facts, customerKey, lock }: Source,
  encrypt: Encrypt,
  signal: AbortSignal,
): Promise<Written> {
  // COPY would leave the context in the metadata of an object that has none any more: it hides there.
  const loses = facts.context !== undefined && encrypt.kind !== 'sse-kms';
  const headers = facts.contentType === undefined ? facts.headers : { ...facts.headers, 'content-type': facts.contentType };
  return client.copy({
    from: { ...at, customerKey },
    to: { bucket: at.bucket, key: at.key },
    encrypt,
    ifMatch: facts.etag,
    replace: loses ? { metadata: facts.metadata, headers } : undefined,
    lock: lockToSend(lock),
    storageClass: facts.storageClass,
    signal,
  });
}

export interface ReadBack {
  facts: ObjectFacts;
  /** Of the whole content; absent where only a byte was read. */
  sha256?: string;
  md5?: string;
}

/** Reads a version: whole and hashed, or its first byte. Never HEAD alone, which looks healthy where reading fails (minio.md 3.5). */
export async function readVersion(
  client: ObjectClient,
  at: At,
  { size, whole, customerKey, signal }: { size: number; whole: boolean; customerKey?: Secret | undefined; signal: AbortSignal },
): Promise<ReadBack> {
  const part = !whole && size > 0;
  const { facts, body } = await client.get(at, { customerKey, signal, ...(part ? { range: 'bytes=0-0' } : {}) });
  const [sha, md5] = [createHash('sha256'), createHash('md5')];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (!part) {
      sha.update(chunk);
      md5.update(chunk);
    }
  }
  if (bytes !== (part ? 1 : size)) throw new AppError('inPlaceContentDiffers', { where: nameOf(at) });
  return part ? { facts } : { facts, sha256: sha.digest('hex'), md5: md5.digest('hex') };
}

/** Throws what of the copy is not as it was meant: state, size, context, metadata, number of tags, lock. */
export function requireAsMeant(source: Pick<Source, 'facts' | 'lock'>, encrypt: Encrypt, copy: ObjectFacts, where: string): ObjectState {
  const { facts, lock } = source;
  if (!isAsMeant(copy.encryption, encrypt))
    throw new AppError('inPlaceStateDiffers', {
      ...{ where, found: stateName(copy.encryption), wanted: encrypt.kind === 'sse-kms' ? `SSE-KMS ${encrypt.key}` : encrypt.kind },
    });
  if (copy.size !== facts.size) throw new AppError('inPlaceContentDiffers', { where });
  const differs = (what: string): never => {
    throw new AppError('inPlaceMetadataDiffers', { where, what });
  };
  const context = encrypt.kind === 'sse-kms' ? encrypt.context : undefined;
  if (!sameEntries(context ?? {}, copy.context ?? {})) differs('encryption context');
  if (!sameEntries(facts.metadata, copy.metadata)) differs('metadata');
  if (!sameEntries(facts.headers, copy.headers) || facts.contentType !== copy.contentType) differs('content headers');
  if ((facts.tagCount ?? 0) !== (copy.tagCount ?? 0)) differs('tags');
  const [sent, kept] = [lockToSend(lock), copy.lock];
  if (sent?.until !== undefined && Date.parse(kept?.until ?? '') < Date.parse(sent.until)) differs('retention');
  if (sent?.hold && !kept?.hold) differs('legal hold');
  return copy.encryption;
}

function sameEntries(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

export const nameOf = ({ bucket, key }: Pick<At, 'bucket' | 'key'>): string => `${bucket}/${key}`;
