import type { X509Certificate } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import type { ErrorCode } from '../../shared/messages.ts';
import { AppError } from '../../shared/rpc/errors.ts';
import type { Params } from '../../shared/rpc/frames.ts';
import type { TlsProfile } from './tlsClient.ts';
import { networkError } from './tlsErrors.ts';
import { addressOf, probe, type Sight } from './tlsProbe.ts';

/** The lights that any TLS server has. Policy, key store and key are added by who knows them. */
export type TlsHop = 'name' | 'tcp' | 'tls' | 'identity';

export interface HopResult<Hop extends string = TlsHop> {
  hop: Hop;
  outcome: 'ok' | 'fail' | 'notTried';
  /** For `tls` the code tells name (`tlsName`), trust (`tlsTrust`), date (`tlsDate`) and protocol (`tlsProtocol`) apart. */
  error?: { code: ErrorCode; details: Params };
  ms: number;
  /** Of `name`: the address that was found. */
  address?: string;
  /** Of `tls`: what the server showed, leaf first, also when it was not believed. */
  chain?: X509Certificate[];
}

export interface ServerCertificate {
  /** Leaf first, as the server sent it. */
  chain: X509Certificate[];
  /** PEM of the leaf. */
  pem: string;
  protocol: string | undefined;
}

/**
 * Lights the hops from here to a server one after the other; the first that fails leaves the rest `notTried`. `identity`
 * is `ok` when the server went on after our client certificate, `notTried` when we have none and it wants none. A server
 * that says nothing at all after the handshake fails there.
 * Sends no credential but the client certificate, and that only as the handshake does. Throws `cancelled` alone.
 */
export async function testHops(profile: TlsProfile, url: string, signal?: AbortSignal): Promise<HopResult[]> {
  const { host, hostname, port, secure } = addressOf(url);
  const results: HopResult[] = [];
  const light = async <T>(hop: TlsHop, work: (found: Partial<HopResult>) => Promise<T>): Promise<T | undefined> => {
    const found: Partial<HopResult> = {};
    const start = performance.now();
    const ms = (): number => Math.round((performance.now() - start) * 10) / 10;
    try {
      const value = await work(found);
      results.push({ hop, outcome: 'ok', ms: ms(), ...found });
      return value;
    } catch (error) {
      if (signal?.aborted) throw new AppError('cancelled', {}, { cause: error });
      const known = networkError(error, host);
      if (!known) throw error;
      results.push({ hop, outcome: 'fail', error: known.frame, ms: ms(), ...found });
      return undefined;
    }
  };

  if (signal?.aborted) throw new AppError('cancelled');
  await light('name', async (found) => {
    found.address = isIP(hostname) === 0 ? (await lookup(hostname)).address : hostname;
  });
  if (lit(results)) await light('tcp', () => dial(hostname, port, host, signal));
  let sight: Sight | undefined;
  if (lit(results) && secure) {
    sight = await light('tls', async (found) => {
      const seen = await probe(url, { ...profile, ...(signal ? { signal } : {}) });
      found.chain = seen.chain;
      if (seen.serverError) throw seen.serverError;
      return seen;
    });
  }
  const seen = sight;
  const refused = seen?.endError?.code === 'tlsIdentityRefused' || seen?.endError?.code === 'networkTimeout';
  if (lit(results) && seen && (profile.cert !== undefined || refused)) {
    await light('identity', async () => {
      if (seen.endError) throw seen.endError;
    });
  }
  const missing = (['name', 'tcp', 'tls', 'identity'] as const).slice(results.length);
  return [...results, ...missing.map((hop) => ({ hop, outcome: 'notTried' as const, ms: 0 }))];
}

/** Whether these certificates vouch for a server, by a handshake. Sends no credential. */
export async function trustedBy(ca: readonly string[], url: string, signal?: AbortSignal): Promise<boolean> {
  const { serverError, chain } = await probe(url, { ca, ...(signal ? { signal } : {}) });
  return chain.length > 0 && serverError === undefined;
}

/**
 * The certificate a server shows, whoever issued it: to be looked at, pinned or compared by a person. Never sends
 * credentials. Throws `network…` or `tlsProtocol` when there is none to see.
 */
export async function readServerCertificate(url: string, signal?: AbortSignal): Promise<ServerCertificate> {
  const { chain, protocol, endError } = await probe(url, signal ? { signal } : {});
  const leaf = chain[0];
  if (!leaf) throw endError ?? new AppError('tlsProtocol', { host: addressOf(url).host, reason: 'it showed no certificate' });
  return { chain, pem: leaf.toString(), protocol };
}

const lit = (results: readonly HopResult[]): boolean => results.every((result) => result.outcome === 'ok');

function dial(hostname: string, port: number, host: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port, ...(signal ? { signal } : {}) });
    socket.setTimeout(5_000, () => socket.destroy(new AppError('networkTimeout', { host, reason: 'no TCP connection in 5 s' })));
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
