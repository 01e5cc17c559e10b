import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { Secret } from '../../shared/secret.ts';
import { type CertificateSpec, makeCertificate, makeKey } from '../services/certificates/build.ts';

export interface Made {
  cert: string;
  key: Secret;
}

/** A CA and what it issues, with the product's own builder. `days: -1` has expired. */
export async function makeAuthority(commonName = 'test CA') {
  const key = await makeKey('P-256');
  const ca = makeCertificate({ use: 'ca', subject: { commonName }, days: 10, hosts: [], key });
  const issuer = { certificate: new X509Certificate(ca), key };
  return {
    ca,
    async issue(use: 'server' | 'client', change: Partial<CertificateSpec> & { selfSigned?: boolean } = {}): Promise<Made> {
      const { selfSigned, ...spec } = change;
      const own = spec.key ?? (await makeKey('P-256'));
      const hosts = use === 'server' ? ['127.0.0.1', 'localhost'] : [];
      const made = { use, subject: { commonName: use }, days: 5, hosts, key: own, ...(selfSigned ? {} : { issuer }), ...spec };
      return { cert: makeCertificate(made), key: own };
    },
  };
}

/** Listens on a free loopback port. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
