import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { passes } from '../../clients/s3/objectFailures.ts';
import type { At, Encrypt, Lock, ObjectClient, ObjectFacts } from '../../clients/s3/objectTypes.ts';
import { differs, type Looked, lookInto, mustBeAsMeant } from '../../clients/s3/safeCopyCheck.ts';

/** How objects are to be encrypted; a copy that says nothing would decrypt. */
export type Target = Exclude<Encrypt, { kind: 'rule' }>;

/** Where the server keeps objects itself; any other name is a tier, from which a copy would fetch everything back. */
const ownClasses: readonly (string | undefined)[] = [undefined, '', 'STANDARD', 'REDUCED_REDUNDANCY'];

export function requireHere(at: At, { storageClass }: Pick<ObjectFacts, 'storageClass'>): void {
  if (!ownClasses.includes(storageClass)) throw new AppError('inPlaceTiered', { where: nameOf(at), storageClass: storageClass ?? '' });
}

export const keyOf = (target: Encrypt): Secret | undefined => (target.kind === 'sse-c' ? target.key : undefined);

interface Compared {
  source: At;
  copy: At;
  target: Target;
  customerKey: Secret | undefined;
  lock: Lock | undefined;
  signal: AbortSignal;
}

/** Reads a version and a copy of it that is there already whole, and compares everything. Throws what differs. */
export async function compareWhole(client: ObjectClient, { source, copy, target, customerKey, lock, signal }: Compared): Promise<Looked> {
  const own = await lookInto(client, source, 'whole', { customerKey, signal });
  const found = await lookInto(client, copy, 'whole', { customerKey: keyOf(target), signal });
  const context = target.kind === 'sse-kms' ? (target.context ?? own.facts.context) : undefined;
  const where = nameOf(source);
  mustBeAsMeant(where, { encrypt: target, context, source: own.facts, lock }, found.facts);
  if (own.digest !== found.digest) throw differs(where, `SHA-256 ${own.digest}`, `SHA-256 ${found.digest}`);
  return found;
}

/** That a copy could not be read for a reason that passes is no word about the copy: it is read again. */
export function unwrapped(error: unknown): unknown {
  return isAppError(error, 'copyDoesNotOpen') && passes(error.cause) ? error.cause : error;
}

export const nameOf = ({ bucket, key }: Pick<At, 'bucket' | 'key'>): string => `${bucket}/${key}`;
