import type { ObjectState } from '../../../shared/objects.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { At, ObjectClient, ObjectFacts, Written } from '../../clients/s3/objectTypes.ts';
import { isOfTheWay } from './stopsAll.ts';

interface Order {
  client: Pick<ObjectClient, 'head' | 'get'>;
  at: At;
  size: number;
  written: Written;
  inParts: boolean;
  meant: ObjectState | undefined;
  /** As the client sent it with SSE-KMS. */
  context: Readonly<Record<string, string>> | undefined;
  customerKey: Secret | undefined;
  signal: AbortSignal;
}

export interface ReadBack {
  landed: ObjectState;
  /** It is not as it was meant. */
  alarm?: AppError;
}

/**
 * Asks the server what it stored and reads the last byte, which must open: HEAD can look healthy where reading fails. The
 * answer to a ranged GET has all that HEAD has, so HEAD alone is asked only of what has no byte, and of objects in parts,
 * whose checksum a range does not tell. Throws what may pass, and `uploadOverwritten` where somebody else was quicker.
 */
export async function readBack(order: Order): Promise<ReadBack> {
  const { client, at, size, written, inParts, customerKey, signal } = order;
  const options = { customerKey, signal };
  const place: At = { ...at, ...(written.versionId === undefined ? {} : { versionId: written.versionId }) };
  let facts: ObjectFacts;
  if (size === 0 || inParts) {
    facts = await client.head(place, options);
    if (size > 0) await lastByte(client, place, size, options);
  } else {
    facts = await lastByte(client, place, size, options);
  }
  return { landed: facts.encryption, ...judge(order, facts) };
}

async function lastByte(
  client: Order['client'],
  at: At,
  size: number,
  options: { customerKey: Secret | undefined; signal: AbortSignal },
): Promise<ObjectFacts> {
  const { facts, body } = await client.get(at, { ...options, range: `bytes=${size - 1}-${size - 1}` });
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Whatever else a server sends, it may never end.
    if (bytes > 1) break;
  }
  if (bytes !== 1) throw new AppError('uploadReadsDifferently', { where: at.key, sent: 1, got: bytes });
  return facts;
}

function judge({ at, size, written, meant, context }: Order, facts: ObjectFacts): Pick<ReadBack, 'alarm'> {
  // Without versions the newest answers, and that may be another writer's.
  if (written.versionId === undefined && facts.etag !== written.etag) throw new AppError('uploadOverwritten', { name: at.key });
  if (facts.size !== size) return { alarm: new AppError('uploadReadsDifferently', { where: at.key, sent: size, got: facts.size }) };
  const kept = facts.checksums.find(({ algorithm }) => algorithm === written.checksum?.algorithm);
  if (kept && written.checksum && kept.value !== written.checksum.value)
    return { alarm: new AppError('uploadReadsDifferently', { where: at.key, sent: written.checksum.value, got: kept.value }) };
  if (meant && !sameState(meant, facts.encryption))
    return { alarm: new AppError('uploadLandedOtherwise', { where: at.key, meant: stateName(meant), found: stateName(facts.encryption) }) };
  if (context && !sameContext(context, facts.context ?? {}))
    return {
      alarm: new AppError('uploadLandedOtherwise', {
        where: at.key,
        meant: JSON.stringify(context),
        found: JSON.stringify(facts.context ?? {}),
      }),
    };
  return {};
}

/** The server writes it in another order (minio.md 3.2). */
function sameContext(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  return Object.keys(one).length === Object.keys(other).length && Object.entries(one).every(([name, value]) => other[name] === value);
}

/** A meaning without a key takes any. */
export function sameState(meant: ObjectState, found: ObjectState): boolean {
  return meant.state === found.state && (meant.key === undefined || meant.key === found.key);
}

export function stateName({ state, key }: ObjectState): string {
  const name =
    { plaintext: '@audit.state.plaintext', unknown: '@audit.state.unknown', 'sse-s3': 'SSE-S3', 'sse-kms': 'SSE-KMS', 'sse-c': 'SSE-C' }[
      state as string
    ] ?? state;
  return key === undefined ? name : `${name} ${key}`;
}

/** A refusal to read what was just written says as much as a wrong state, unless it is not about the object: a credential that was revoked meanwhile. */
export function readingFails(error: unknown): error is AppError {
  return isAppError(error) && error.code !== 'cancelled' && error.code !== 'uploadOverwritten' && !isOfTheWay(error);
}
