import type { Secret } from '../../../shared/secret.ts';
import { makeCertificate } from './build.ts';

/** A certificate that its own key signs, PEM: of a client, as KES's own makes one for an API key, or of a server at 127.0.0.1. */
export function selfSigned(use: 'client' | 'server', key: Secret, commonName: string): string {
  return makeCertificate({ use, subject: { commonName }, days: 3650, hosts: use === 'server' ? ['127.0.0.1'] : [], key });
}
