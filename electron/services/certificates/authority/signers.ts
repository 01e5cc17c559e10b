import { createPrivateKey, type X509Certificate } from 'node:crypto';
import type { CertificateFile, Signer } from '../../../../shared/certificateFiles.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { identityOf, oneLine } from '../../../platform/certificateFacts.ts';
import { isPair, readCertificates } from '../pairs.ts';
import { moreFacts } from './extensions.ts';
import { keyRingOf } from './keyRing.ts';

export interface OpenSigner {
  certificate: X509Certificate;
  key: Secret;
  /** The CAs above it without the root, as a server has to send them. */
  chain: string;
  pathLength: number | undefined;
}

/** CA certificates whose key opens without a question. */
export function signersOf(files: readonly CertificateFile[]): Signer[] {
  return files.flatMap(({ file, role, certificates: [first], keys }) => {
    const open = keys.some(({ protection }) => protection === 'none');
    if (role === 'trust' || !first?.isCa || !open || first.daysLeft < 0) return [];
    const { subject, pathLength, notAfter } = first;
    return [{ file, subject, notAfter, ...(pathLength === undefined ? {} : { pathLength }) }];
  });
}

/** Opens a CA for signing. Throws `certificateNoSigner`, `certificateNoCa`, `certificateExpired`, `certificateBroken`. */
export async function openSigner(access: StackAccess, file: string): Promise<OpenSigner> {
  const [certificate, ...above] = await readCertificates(access, file);
  if (!certificate) throw new AppError('certificateMissing', { file });
  if (!certificate.ca) throw new AppError('certificateNoCa', { file });
  const [from, to] = [certificate.validFromDate, certificate.validToDate];
  if (to.getTime() <= Date.now()) throw new AppError('certificateExpired', { file, from: from.toISOString(), to: to.toISOString() });
  const identity = identityOf(certificate);
  const beside = await access.folder.read(file.replace(/\.[^./]+$/, '.key'));
  const kept = [
    access.secrets.get('ca.key'),
    keyRingOf(access).byIdentity(identity),
    beside === undefined ? undefined : new Secret(beside),
  ];
  const key = kept.find((one) => one !== undefined && isPair(certificate, one));
  if (!key) throw new AppError('certificateNoSigner', { file });
  const plain = new Secret(createPrivateKey(key.reveal()).export({ type: 'pkcs8', format: 'pem' }).toString());
  const isRoot = oneLine(certificate.subject) === oneLine(certificate.issuer);
  const chain = isRoot ? '' : [certificate, ...above.filter(({ subject, issuer }) => subject !== issuer)].map(String).join('');
  return { certificate, key: plain, chain, pathLength: moreFacts(certificate).pathLength };
}
