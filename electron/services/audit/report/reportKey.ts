import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { StackSecrets } from '../../../jobs/step.ts';
import { createSerialQueue } from '../../../platform/serialQueue.ts';

/** A stack's own signature under its reports. It protects against others, not against the owner of the store. */
export interface ReportKey {
  /** SPKI, as `report-key.pem` holds it. */
  pem: string;
  /** Lower-case hex SHA-256 of the public key (SPKI, DER). */
  fingerprint: string;
  /** Ed25519 (RFC 8032) over the bytes themselves: 64 bytes, as `openssl pkeyutl -verify -rawin` takes them. */
  sign(bytes: Uint8Array): Buffer;
}

/** Two first reports at once must not make two keys, of which one would be forgotten. */
const oneAfterTheOther = createSerialQueue();

/** The key of a stack, made when there is none yet. Throws `storeNotDurable` with `what`, `storeAbsent`, `storeLocked`. */
export function reportKeyOf(secrets: Pick<StackSecrets, 'get' | 'set' | 'requireDurable'>, what: string): Promise<ReportKey> {
  return oneAfterTheOther(() => findOrMake(secrets, what));
}

async function findOrMake(secrets: Pick<StackSecrets, 'get' | 'set' | 'requireDurable'>, what: string): Promise<ReportKey> {
  const kept = secrets.get('report.key');
  if (kept) return keyFrom(createPrivateKey(kept.reveal()));
  secrets.requireDurable(what);
  const { privateKey } = generateKeyPairSync('ed25519');
  await secrets.set('report.key', new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()));
  return keyFrom(privateKey);
}

/** Fingerprint of a stack's report key; undefined: it has none yet, or the store that would hold it is not open. */
export function ownFingerprint(secrets: Pick<StackSecrets, 'get'>): string | undefined {
  try {
    const kept = secrets.get('report.key');
    return kept && keyFrom(createPrivateKey(kept.reveal())).fingerprint;
  } catch (error) {
    if (isAppError(error, 'storeAbsent') || isAppError(error, 'storeLocked')) return undefined;
    throw error;
  }
}

function keyFrom(privateKey: KeyObject): ReportKey {
  const publicKey = createPublicKey(privateKey);
  return { pem: pemOf(publicKey), fingerprint: fingerprintOf(publicKey), sign: (bytes) => sign(null, bytes, privateKey) };
}

/** The public key of a report folder; undefined unless the text is an Ed25519 key exactly as this program writes it. */
export function readPublicKey(pem: string): { fingerprint: string; fits(bytes: Uint8Array, signature: Uint8Array): boolean } | undefined {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== 'ed25519' || pemOf(key) !== pem) return undefined;
    return { fingerprint: fingerprintOf(key), fits: (bytes, signature) => verify(null, bytes, key, signature) };
  } catch {
    return undefined;
  }
}

const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const fingerprintOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
