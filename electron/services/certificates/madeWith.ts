import type { X509Certificate } from 'node:crypto';
import { type CertificatesInput, certificatesInput } from '../../../shared/certificates.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { backdatedMs } from './build.ts';
import { keyTypeOf } from './inspect.ts';
import { caFile, pairs, readOwn } from './pairs.ts';

const day = 86_400_000;

/**
 * What the certificates that are there were made with, so that a plan begins by keeping them, however they came to be. What
 * they do not tell stays as it is given.
 */
export async function madeWith(access: Pick<StackAccess, 'folder'>, given: CertificatesInput): Promise<CertificatesInput> {
  const ca = await readOwn(access, caFile).then((found) => (found?.ca ? found : undefined));
  const leaves = await Promise.all(pairs.map(({ certificate }) => readOwn(access, certificate)));
  const leaf = leaves.find((found) => found !== undefined);
  if (!leaf) return given;
  // A certificate that ends with its CA does not tell how long it was wanted.
  const cut = ca !== undefined && leaf.validToDate.getTime() === ca.validToDate.getTime();
  const told = {
    ...given,
    kind: ca ? 'ca' : 'selfSigned',
    keyType: keyTypeOf(leaf.publicKey),
    ...(cut ? {} : { days: daysOf(leaf) }),
    ...(ca ? { caDays: daysOf(ca), subject: subjectOf(ca) } : {}),
  };
  const parsed = certificatesInput.safeParse(told);
  return parsed.success ? parsed.data : given;
}

function daysOf({ validFromDate, validToDate }: X509Certificate): number {
  return Math.round((validToDate.getTime() - validFromDate.getTime() - backdatedMs) / day);
}

export function subjectOf(certificate: X509Certificate): Record<string, unknown> {
  const { CN, O, OU, L, ST, C } = { ...certificate.toLegacyObject().subject } as Record<string, unknown>;
  const parts = { commonName: CN, organisation: O, unit: OU, locality: L, state: ST, country: C };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}
