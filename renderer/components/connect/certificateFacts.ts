import type { ShownCertificate } from '../../../shared/connect.ts';

/** The common name of a subject, or the whole of it. Pure. */
export function commonName(subject: string): string {
  const found = /(?:^|[,/\n]\s*)CN\s*=\s*([^,/\n]+)/i.exec(subject);
  return found?.[1]?.trim() ?? subject;
}

/** Who issued the first certificate, as people say it. */
export function issuerOf(certificate: ShownCertificate): string {
  return commonName(certificate.issuer);
}

/** Upper case with colons, as openssl prints it; a document keeps lower case. */
export function shownFingerprint(fingerprint: string): string {
  return fingerprint.toUpperCase();
}

/** `4E:0B:91:C2…77:AF`: enough to tell two apart, the whole is on hover and in the copy. Pure. */
export function shortFingerprint(fingerprint: string): string {
  const whole = shownFingerprint(fingerprint);
  return whole.length <= 24 ? whole : `${whole.slice(0, 11)}…${whole.slice(-5)}`;
}

export function hasEnded(certificate: ShownCertificate, now: number): boolean {
  return Date.parse(certificate.notAfter) < now;
}
