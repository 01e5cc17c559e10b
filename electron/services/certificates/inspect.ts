import type { KeyObject, X509Certificate } from 'node:crypto';
import type { CertificateInfo, Subject } from '../../../shared/certificates.ts';
import { identityOf, oneLine, sanEntries } from '../../platform/certificateFacts.ts';

const usageNames: Readonly<Record<string, string>> = { '1.3.6.1.5.5.7.3.1': 'serverAuth', '1.3.6.1.5.5.7.3.2': 'clientAuth' };

/** What a person wants to know of a certificate. `file` is its path as shown. */
export function describeCertificate(id: CertificateInfo['id'], file: string, certificate: X509Certificate): CertificateInfo {
  const usages = usagesOf(certificate);
  return {
    id,
    file,
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: namesOf(certificate),
    serial: certificate.serialNumber.toLowerCase(),
    fingerprint: certificate.fingerprint256.toLowerCase(),
    ...(usages.includes('clientAuth') ? { identity: identityOf(certificate) } : {}),
    keyType: keyTypeOf(certificate.publicKey),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    isCa: certificate.ca,
    usages,
  };
}

/** `P-256`, `RSA-2048` …, or OpenSSL's own name of a kind that Sealdeck does not make. */
export function keyTypeOf(key: KeyObject): string {
  const details = key.asymmetricKeyDetails;
  switch (key.asymmetricKeyType) {
    case 'ec':
      return { prime256v1: 'P-256', secp384r1: 'P-384' }[details?.namedCurve ?? ''] ?? details?.namedCurve ?? 'EC';
    case 'ed25519':
      return 'Ed25519';
    case 'rsa':
      return `RSA-${details?.modulusLength ?? ''}`;
    default:
      return key.asymmetricKeyType ?? 'unknown';
  }
}

/** DNS names and addresses of the SAN, without their kind; other kinds keep it. */
export function namesOf(certificate: X509Certificate): string[] {
  return sanEntries(certificate).map((part) =>
    part
      .replace(/^DNS:/, '')
      .replace(/^IP Address:(.*)$/, (_, address: string) =>
        address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address,
      ),
  );
}

/** Extended key usages. Node's `keyUsage` holds their OIDs, whatever its name says. */
export function usagesOf(certificate: X509Certificate): string[] {
  const oids: readonly string[] | undefined = certificate.keyUsage;
  return (oids ?? []).map((oid) => usageNames[oid] ?? oid);
}

/** Whether subject or issuer is exactly this. Compared unescaped: OpenSSL escapes what it prints. */
export function hasName(certificate: X509Certificate, field: 'subject' | 'issuer', subject: Subject): boolean {
  const found: Readonly<Record<string, unknown>> = { ...certificate.toLegacyObject()[field] };
  const wanted: Readonly<Record<string, string | undefined>> = {
    C: subject.country,
    ST: subject.state,
    L: subject.locality,
    O: subject.organisation,
    OU: subject.unit,
    CN: subject.commonName,
  };
  return [...Object.keys(found), ...Object.keys(wanted)].every((key) => (found[key] ?? '') === (wanted[key] ?? ''));
}
