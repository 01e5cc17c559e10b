import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import tls from 'node:tls';
import { AppError } from '../../shared/rpc/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { alertError, alertOf, dateError, nameError, networkError, signatureAlgorithms } from './tlsErrors.ts';

export interface ProbeOptions {
  ca?: readonly string[];
  cert?: string;
  key?: Secret;
  servername?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** What a server showed in one handshake that was not bound to trust. */
export interface Sight {
  /** Leaf first, as sent. Empty when the handshake failed before the certificate came. */
  chain: X509Certificate[];
  /** `undefined` when the certificate is good for this host under `ca`. */
  serverError: AppError | undefined;
  /** Why the server ended the connection, when it did. */
  endError: AppError | undefined;
  /** The server answered something after the handshake, so it took our identity (or our lack of one). */
  answered: boolean;
  protocol: string | undefined;
}

/**
 * Shakes hands without insisting on trust, asks for `/version` without any credential and waits for data or an alert.
 * Only so is the alert of a refused client certificate certain: with TLS 1.3 it comes after the handshake.
 * Throws `AppError` when there is no TCP connection or no TLS at all, `cancelled` on abort.
 */
export async function probe(url: string, options: ProbeOptions = {}): Promise<Sight> {
  const { host, hostname, port } = addressOf(url);
  const name = options.servername ?? hostname;
  const sight: Sight = { chain: [], serverError: undefined, endError: undefined, answered: false, protocol: undefined };
  const cancelled = (): AppError => new AppError('cancelled');
  if (options.signal?.aborted) throw cancelled();

  await new Promise<void>((resolve, reject) => {
    const socket = tls.connect({
      host: hostname,
      port,
      rejectUnauthorized: false,
      sigalgs: signatureAlgorithms,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      // As in the client itself: an intermediate or a server's own certificate may be what is trusted.
      allowPartialTrustChain: true,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      ...(options.ca ? { ca: [...options.ca] } : {}),
      ...(options.cert !== undefined && options.key ? { cert: options.cert, key: options.key.reveal() } : {}),
    });
    let secure = false;
    const finish = (error?: AppError): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    const onAbort = (): void => finish(cancelled());
    const timer = setTimeout(() => {
      const error = new AppError('networkTimeout', {
        host,
        reason: secure ? 'no answer after the TLS handshake' : 'no connection or TLS handshake in time',
      });
      if (!secure) return finish(error);
      sight.endError = error;
      finish();
    }, options.timeoutMs ?? 5_000);
    options.signal?.addEventListener('abort', onAbort, { once: true });

    const look = (): void => {
      if (sight.chain.length === 0) sight.chain = chainOf(socket);
      sight.protocol ??= socket.getProtocol() ?? undefined;
    };
    socket.on('secureConnect', () => {
      secure = true;
      look();
      sight.serverError = judge(host, name, sight.chain, options.ca, socket.authorizationError);
      socket.write(`GET /version HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    socket.on('data', () => {
      sight.answered = true;
      finish();
    });
    socket.on('error', (error) => {
      look();
      const known = networkError(error, host) ?? new AppError('networkBroken', { host, reason: error.message }, { cause: error });
      if (!secure && sight.chain.length === 0) return finish(known);
      if (!secure) sight.serverError = judge(host, name, sight.chain, options.ca, undefined);
      // The server's certificate was seen, so the algorithms fit: what is left is the client certificate (Go with TLS 1.2).
      const refused = alertOf(error) === 'HANDSHAKE_FAILURE';
      sight.endError = refused ? alertError(options.cert === undefined ? 'CERTIFICATE_REQUIRED' : 'BAD_CERTIFICATE', host, error) : known;
      finish();
    });
    socket.on('close', () => {
      sight.endError ??= new AppError('networkBroken', { host, reason: 'the other side closed the connection without a word' });
      finish();
    });
  });
  return sight;
}

/** Host with port for messages; host name without brackets; port. */
export function addressOf(url: string): { host: string; hostname: string; port: number; secure: boolean } {
  const { hostname, port, protocol } = new URL(url);
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return { host: `${hostname}:${number}`, hostname: bare, port: number, secure: protocol === 'https:' };
}

function chainOf(socket: tls.TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let at = socket.getPeerX509Certificate();
  while (at && !chain.some((seen) => seen.fingerprint256 === at?.fingerprint256)) {
    chain.push(at);
    at = at.issuerCertificate;
  }
  return chain;
}

/** Name first, then date, then trust: the order in which an operator can do something about them. */
function judge(
  host: string,
  name: string,
  chain: X509Certificate[],
  ca: readonly string[] | undefined,
  trust: unknown,
): AppError | undefined {
  const leaf = chain[0];
  if (!leaf) return undefined;
  const fits = isIP(name) === 0 ? leaf.checkHost(name, { subject: 'never' }) : leaf.checkIP(name);
  if (fits === undefined) return nameError(host, leaf.subjectAltName);
  const now = Date.now();
  if (leaf.validFromDate.getTime() > now || leaf.validToDate.getTime() < now) return dateError(host, leaf);
  if (trust) {
    // Node gives the code itself as `authorizationError`, in some versions as an Error.
    const code = trust instanceof Error ? trust : Object.assign(new Error(String(trust)), { code: String(trust) });
    return networkError(code, host) ?? new AppError('tlsTrust', { host, reason: String(trust) });
  }
  if (trust === undefined && ca && !ca.some((pem) => issued(pem, chain))) {
    return new AppError('tlsTrust', { host, reason: 'its issuer is not one of the trusted ones' });
  }
  return undefined;
}

/** Whether a trusted PEM (one or more certificates) is in the chain or issued one of it. */
function issued(pem: string, chain: X509Certificate[]): boolean {
  return certificatesIn(pem).some((trusted) =>
    chain.some((one) => one.fingerprint256 === trusted.fingerprint256 || (one.checkIssued(trusted) && one.verify(trusted.publicKey))),
  );
}

/** Every certificate of a PEM text. Throws what OpenSSL says of a broken one, and an `Error` when there is none. */
export function certificatesIn(pem: string): X509Certificate[] {
  const blocks =
    pem.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----(?:[^-]|-(?!----))*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('no certificate in the text');
  if (blocks.length !== (pem.match(/-----BEGIN /g) ?? []).length) throw new Error('a block is cut off, or not a certificate');
  return blocks.map((block) => new X509Certificate(block));
}
