import { createPrivateKey, type X509Certificate } from 'node:crypto';
import type { CertificateInfo, CertificatesInput, KeyType, Subject } from '../../../shared/certificates.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { Stack } from '../../../shared/stacks.ts';
import type { SecretName, StackAccess } from '../../jobs/step.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import { certificatesIn } from '../../platform/tlsProbe.ts';
import { canonicalHost } from './build.ts';
import { keyTypeOf } from './inspect.ts';

/** What a certificate must be. One way to say it for making, keeping and checking. */
export interface Wanted {
  use: 'ca' | 'server' | 'client';
  subject: Subject;
  keyType: KeyType;
  days: number;
  hosts: readonly string[];
}

export type PairId = Exclude<CertificateInfo['id'], 'ca'>;
export interface Pair {
  id: PairId;
  use: 'server' | 'client';
  certificate: string;
  /** A file that the server itself reads, or a name in the sealed store. */
  key: { file: string } | { secret: SecretName };
}

export const caFile = 'certs/ca.crt';
/** MinIO reads its trust from its own folder. A KES that others run it believes by a file of its own (`MINIO_KMS_KES_CAPATH`). */
export const minioCaFile = 'minio/certs/CAs/ca.crt';
export const minioIdentityFile = 'certs/minio-client.crt';
export const keyMode = 0o600;
export const certificateMode = 0o644;

export const pairs: readonly Pair[] = [
  { id: 'vault', use: 'server', certificate: 'certs/vault.crt', key: { file: 'certs/vault.key' } },
  { id: 'kes', use: 'server', certificate: 'certs/kes.crt', key: { file: 'certs/kes.key' } },
  { id: 'minio', use: 'server', certificate: 'minio/certs/public.crt', key: { file: 'minio/certs/private.key' } },
  { id: 'minio-client', use: 'client', certificate: minioIdentityFile, key: { file: 'certs/minio-client.key' } },
  { id: 'operator', use: 'client', certificate: 'certs/operator.crt', key: { secret: 'operator.key' } },
];

/** Of a cluster that was added: it has an identity, and a file for it, of its own. */
export function isOfFurtherCluster({ certFile }: Pick<Stack['identities'][number], 'certFile'>): boolean {
  return certFile.startsWith('clusters/');
}

/** The document in which the first cluster's MinIO shows a certificate with this hash to KES. Nobody else's identity changes. */
export function withMinioIdentity(stack: Stack, hash: string): Stack {
  const own = (one: Stack['identities'][number]): boolean => one.purpose === 'minio' && !isOfFurtherCluster(one);
  return { ...stack, identities: stack.identities.map((one) => (own(one) ? { ...one, hash } : one)) };
}

/** The stack's own CA as the form asks for it. */
export function wantedCa(input: CertificatesInput): Wanted {
  return { use: 'ca', subject: input.subject, keyType: input.keyType, days: input.caDays, hosts: [] };
}

/** Throws `invalidInput` for a CA named like one of its leaves: such a leaf would count as its own issuer. */
export function wantedLeaf({ pair, hosts }: { pair: Pair; hosts: readonly string[] }, input: CertificatesInput): Wanted {
  if (input.kind === 'ca' && pairs.some(({ id }) => id === input.subject.commonName)) {
    throw new AppError('invalidInput', {
      field: 'subject.commonName',
      reason: `${input.subject.commonName} is the name of a server’s certificate`,
    });
  }
  const subject = { ...input.subject, commonName: pair.id };
  const names = pair.use === 'server' ? [...new Set(hosts.map(canonicalHost))] : [];
  return { use: pair.use, subject, keyType: input.keyType, days: input.days, hosts: names };
}

/** A key from its file or from the sealed store; undefined while there is none. */
export async function readKey(access: StackAccess, key: Pair['key']): Promise<Secret | undefined> {
  if ('secret' in key) return access.secrets.get(key.secret);
  const pem = await access.folder.read(key.file);
  return pem === undefined ? undefined : new Secret(pem);
}

/** All certificates of a file. Absent: none. Throws `certificateBroken`. */
export async function readCertificates(access: Pick<StackAccess, 'folder'>, file: string): Promise<X509Certificate[]> {
  const pem = await access.folder.read(file);
  if (pem === undefined) return [];
  try {
    return certificatesIn(pem);
  } catch (error) {
    throw new AppError('certificateBroken', { file, reason: reasonOf(error) }, { cause: error });
  }
}

/** The one certificate of a file, or nothing when the file is absent, unreadable or holds several. */
export async function readOwn(access: Pick<StackAccess, 'folder'>, file: string): Promise<X509Certificate | undefined> {
  const found = await readCertificates(access, file).catch(() => []);
  return found.length === 1 ? found[0] : undefined;
}

/** A key that can be read and has the type; otherwise nothing. */
export function usableKey(key: Secret | undefined, type: KeyType): Secret | undefined {
  try {
    return key && keyTypeOf(createPrivateKey(key.reveal())) === type ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the key is the certificate's. A key that cannot be read is not. */
export function isPair(certificate: X509Certificate, key: Secret): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key.reveal()));
  } catch {
    return false;
  }
}
