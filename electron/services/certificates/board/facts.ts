import type { X509Certificate } from 'node:crypto';
import type { BoardCertificate } from '../../../../shared/certificateBoard.ts';
import { factsOf } from '../authority/facts.ts';

export function boardCertificateOf(certificate: X509Certificate): BoardCertificate {
  const { selfSigned, daysLeft, pathLength, keyUsages, ...facts } = factsOf(certificate);
  return { ...facts, signature: certificate.signatureAlgorithm ?? '' };
}

/** The common name, else the whole subject, else that there is none. */
export function shortName(name: string): string {
  return /(?:^|, )CN=([^,]+)/.exec(name)?.[1] ?? (name || '-');
}

/** What makes a key or a signature too weak for Go's, OpenSSL's and the browsers' checks of today. */
export type Weakness = 'rsaShort' | 'oldHash' | 'curve' | 'ed25519';

/** Go refuses SHA-1 and MD5 signatures since 1.18, RSA below 1024 bits, and knows P-224 to P-521; OpenSSL and browsers want RSA-2048. */
export function weaknessOf(certificate: BoardCertificate): Weakness | undefined {
  const { keyType, signature } = certificate;
  if (/^RSA-(\d+)$/.test(keyType) && Number(keyType.slice(4)) < 2048) return 'rsaShort';
  // A self-signed certificate that is trusted as such is not verified by its signature.
  if (/md5|sha-?1(?!\d)/i.test(signature) && certificate.subject !== certificate.issuer) return 'oldHash';
  if (keyType === 'Ed25519') return 'ed25519';
  return /^(?:P-256|P-384|secp521r1|RSA-\d+)$/.test(keyType) ? undefined : 'curve';
}
