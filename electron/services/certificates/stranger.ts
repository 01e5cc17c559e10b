import type { Secret } from '../../../shared/secret.ts';
import { makeCertificate, makeKey } from './build.ts';

/** A client identity that no server knows, for proofs that strangers are refused. Lives in memory, for a day. */
export async function makeStranger(): Promise<{ cert: string; key: Secret }> {
  const key = await makeKey('P-256');
  return { cert: makeCertificate({ use: 'client', subject: { commonName: 'stranger' }, days: 1, hosts: [], key }), key };
}
