import type { X509Certificate } from 'node:crypto';
import { numberOf, octetsOf, oidOf, partsIn, readTlv, type Tlv } from './tlv.ts';

const keyUsageNames = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

/** What Node does not tell of a certificate. */
export interface MoreFacts {
  /** How many CAs may stand below it; absent: as many as one likes, or no CA. */
  pathLength?: number;
  keyUsages: string[];
}

/** Reads basicConstraints and keyUsage. A certificate that OpenSSL took has them in order, or not at all. */
export function moreFacts(certificate: X509Certificate): MoreFacts {
  const body = partsIn(partsIn(readTlv(certificate.raw))[0]);
  const list = partsIn(partsIn(body.find(({ tag }) => tag === 0xa3))[0]);
  const constraints = partsIn(extensionOf(list, '2.5.29.19'));
  const length = constraints.find(({ tag }) => tag === 0x02);
  return { ...(length ? { pathLength: numberOf(length) } : {}), keyUsages: usagesIn(extensionOf(list, '2.5.29.15')) };
}

/** The value of one extension of a list of them. */
export function extensionOf(list: readonly Tlv[], id: string): Tlv | undefined {
  const found = list.map(partsIn).find(([name]) => name && oidOf(name) === id);
  return found && readTlv(octetsOf(found.at(-1)));
}

export function usagesIn(value: Tlv | undefined): string[] {
  const bits = value?.content.subarray(1) ?? Buffer.alloc(0);
  return keyUsageNames.filter((_, index) => ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0);
}
