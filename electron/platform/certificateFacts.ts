import { createHash, type X509Certificate } from 'node:crypto';

/** A name on one line, most specific part first. Certificates may have none at all. */
export function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').reverse().join(', ');
}

/** The entries of the SAN as OpenSSL prints them: `DNS:…`, `IP Address:…`; commas inside quotes are part of a name. */
export function sanEntries(certificate: X509Certificate): string[] {
  const parts = certificate.subjectAltName?.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? [];
  return parts.map((part) => part.trim());
}

/** KES's identity of a certificate: lower-case hex SHA-256 of its SubjectPublicKeyInfo. The key alone decides it, not the certificate. */
export function identityOf(certificate: X509Certificate): string {
  return createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
