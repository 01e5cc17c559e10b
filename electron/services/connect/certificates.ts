import { X509Certificate } from 'node:crypto';
import type { ShownCertificate } from '../../../shared/connect.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import { oneLine, sanEntries } from '../../platform/certificateFacts.ts';
import { certificatesIn } from '../../platform/tlsProbe.ts';

/** Names are the server's own words: they are shown, not believed, and not without end. */
const longest = 300;
export const shownName = (name: string | undefined): string => oneLine(name).slice(0, longest);

/**
 * The certificates of a chosen file: PEM, one or more, or the base64 of a single DER. Throws `connectCaIsKey` when a private
 * key is in it, `connectCaUnreadable` for everything else that is no certificate.
 */
export function readCertificates(text: string): X509Certificate[] {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) throw new AppError('connectCaIsKey');
  try {
    return text.includes('-----BEGIN') ? certificatesIn(text) : [fromDer(text)];
  } catch (error) {
    throw new AppError('connectCaUnreadable', { reason: reasonOf(error).slice(0, 200) }, { cause: error });
  }
}

function fromDer(text: string): X509Certificate {
  const plain = text.replace(/\s+/g, '');
  // A DER certificate is a SEQUENCE with a length of two bytes: 30 82.
  if (!/^MI[A-Za-z0-9+/]+={0,2}$/.test(plain)) throw new Error('no certificate in the text');
  return new X509Certificate(Buffer.from(plain, 'base64'));
}

/** Only the certificates, without what else stood between them. */
export function pemOf(certificates: readonly X509Certificate[]): string {
  return certificates.map((certificate) => certificate.toString()).join('');
}

/** What a person compares before believing it. */
export function shownCertificate(certificate: X509Certificate): ShownCertificate {
  return {
    subject: shownName(certificate.subject),
    issuer: shownName(certificate.issuer),
    names: namesOf(certificate),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    fingerprint: certificate.fingerprint256,
    isCa: certificate.ca,
  };
}

function namesOf(certificate: X509Certificate): string[] {
  return sanEntries(certificate)
    .slice(0, 100)
    .map((part) => part.replace(/^IP Address:/, 'IP:').slice(0, longest));
}
