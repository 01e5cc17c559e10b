import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { identityOf } from '../../platform/certificateFacts.ts';
import { networkError, signatureAlgorithms } from '../../platform/tlsErrors.ts';

interface Identity {
  cert: string;
  key: Secret;
}

export interface Handshake {
  protocol: string;
  /** Names and addresses that the client accepted this certificate for. */
  hosts: readonly string[];
  /** KES identity that the server computed from the client's certificate. */
  identity?: string;
}

/**
 * Serves a pair on a free loopback port and connects as a client would that trusts `ca` alone, for every name of
 * `hosts`. With `client` the server demands a certificate of `clientCa`. Throws the `tls…` error that a client would see.
 */
export async function shakeHands(
  server: Identity,
  trust: { ca: string; hosts: readonly string[] },
  client?: Identity & { ca: string },
): Promise<Handshake> {
  const label = trust.hosts[0] ?? '127.0.0.1';
  let identity: string | undefined;
  const listener = tls.createServer({
    cert: server.cert,
    key: server.key.reveal(),
    ...(client ? { requestCert: true, rejectUnauthorized: true, ca: client.ca } : {}),
  });
  listener.on('secureConnection', (socket) => {
    const peer = socket.getPeerX509Certificate();
    if (peer) identity = identityOf(peer);
    socket.on('error', () => undefined);
    socket.end('ok');
  });
  listener.on('tlsClientError', () => undefined);
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  try {
    const protocol = await connect((listener.address() as AddressInfo).port, trust, client);
    return { protocol, hosts: trust.hosts, ...(identity === undefined ? {} : { identity }) };
  } catch (error) {
    throw networkError(error, label) ?? error;
  } finally {
    listener.close();
  }
}

function connect(port: number, { ca, hosts }: { ca: string; hosts: readonly string[] }, client?: Identity): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      host: '127.0.0.1',
      port,
      ca,
      sigalgs: signatureAlgorithms,
      minVersion: 'TLSv1.2',
      ...(client ? { cert: client.cert, key: client.key.reveal() } : {}),
      checkServerIdentity: (_, peer) => {
        for (const host of hosts) {
          const error = tls.checkServerIdentity(host, peer);
          if (error) return error;
        }
        return undefined;
      },
    });
    let protocol = '';
    let answered = false;
    socket.setTimeout(5_000, () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    socket.on('secureConnect', () => {
      protocol = socket.getProtocol() ?? '';
    });
    // With TLS 1.3 only data proves that the server took our certificate.
    socket.on('data', () => {
      answered = true;
    });
    socket.on('error', reject);
    socket.on('close', () => {
      if (answered) resolve(protocol);
      else reject(new AppError('tlsIdentityRefused', { host: '127.0.0.1', reason: 'closed after the handshake' }));
    });
  });
}
