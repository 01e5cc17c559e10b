import type { X509Certificate } from 'node:crypto';
import type { CertificateFacts, CertificateFinding } from '../../../../shared/certificateFiles.ts';
import { say } from '../../../../shared/text.ts';
import { identityOf, oneLine } from '../../../platform/certificateFacts.ts';
import { keyTypeOf, namesOf, usagesOf } from '../inspect.ts';
import { moreFacts } from './extensions.ts';

const day = 86_400_000;
const longest = 300;

/** All that is shown of a certificate. Its own words are cut: they are somebody else's. */
export function factsOf(certificate: X509Certificate, now = Date.now()): CertificateFacts {
  const { validFromDate, validToDate } = certificate;
  return {
    subject: oneLine(certificate.subject).slice(0, longest),
    issuer: oneLine(certificate.issuer).slice(0, longest),
    selfSigned: isSelfSigned(certificate),
    names: namesOf(certificate)
      .slice(0, 100)
      .map((name) => name.slice(0, longest)),
    serial: certificate.serialNumber.toLowerCase(),
    fingerprint: certificate.fingerprint256.toLowerCase(),
    identity: identityOf(certificate),
    keyType: keyTypeOf(certificate.publicKey),
    notBefore: validFromDate.toISOString(),
    notAfter: validToDate.toISOString(),
    daysLeft: Math.floor((validToDate.getTime() - now) / day),
    isCa: certificate.ca,
    usages: usagesOf(certificate),
    ...moreFacts(certificate),
  };
}

/** Signed with its own key. Node's `checkIssued` is false for one that may sign nothing, so the names are compared. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

/** What is wrong, or about to be, with a certificate by itself. */
export function judge(certificate: X509Certificate, now = Date.now()): CertificateFinding[] {
  const { validFromDate: from, validToDate: to, publicKey } = certificate;
  const findings: CertificateFinding[] = [];
  const add = (mark: CertificateFinding['mark'], text: CertificateFinding['text']): void => void findings.push({ mark, text });
  const left = Math.floor((to.getTime() - now) / day);
  const life = Math.round((to.getTime() - from.getTime()) / day);
  if (from.getTime() > now) add('fail', say('certificateFindNotYet', { from: from.toISOString().slice(0, 10) }));
  else if (to.getTime() <= now) add('fail', say('certificateFindEnded', { to: to.toISOString().slice(0, 10) }));
  else if (left < Math.min(30, life / 3)) add('warn', say('certificateFindSoon', { days: left }));
  const usages = usagesOf(certificate);
  if (certificate.ca) {
    if (usages.includes('clientAuth')) add('fail', say('certificateFindCaClient'));
    else if (usages.length > 0 || namesOf(certificate).length > 0) add('warn', say('certificateFindCaLeaf'));
  } else {
    if (usages.length === 0) add('warn', say('certificateFindNoUsage'));
    if (usages.includes('serverAuth') && namesOf(certificate).length === 0) add('fail', say('certificateFindNoNames'));
    if (usages.includes('serverAuth') && life > 825) add('warn', say('certificateFindLong', { days: life }));
  }
  const kind = keyTypeOf(publicKey);
  if (/^RSA-(?:\d{1,3}|1\d{3})$/.test(kind)) add('fail', say('certificateFindWeakKey', { keyType: kind }));
  return findings;
}
