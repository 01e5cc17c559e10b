import { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { Agent, buildConnector } from 'undici';
import { z } from 'zod';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { networkError, signatureAlgorithms } from '../../platform/tlsErrors.ts';
import { answerError } from './answers.ts';
import type { DataKey } from './client.ts';

export interface OldKesOptions {
  url: string;
  /** The server's own certificate, PEM: it is known by its fingerprint, whatever its names, dates and CA bit. */
  server: string;
  cert: string;
  key: Secret;
}

/** Which generation answers: `old` is before 2023-10-24. `other`: somebody without that certificate, or no KES. */
export type Generation = 'old' | 'new' | 'other' | 'none';
export type OldKes = ReturnType<typeof createOldKes>;

interface Answer {
  status: number;
  text(): string;
}

const generated = z.object({ plaintext: z.base64(), ciphertext: z.string() });
const decrypted = z.object({ plaintext: z.base64() });
const version = z.object({ version: z.string() });
const timeoutMs = 20_000;
const mostBytes = 4_000_000;

/**
 * Speaks to a KES of any generation, so that a deployment can be moved. HTTP/1.1 first: v0.11 answers that with 505 and is
 * asked over HTTP/2 from then on (kes.md trap 18). The server is pinned instead of verified: then no CA is among what we
 * trust, none is added to our own chain, and servers before v0.17 do not refuse two certificates (trap 19).
 */
export function createOldKes({ url, server, cert, key }: OldKesOptions) {
  const base = url.replace(/\/+$/, '');
  const { host } = new URL(base);
  const pin = new X509Certificate(server).fingerprint256;
  const agents = new Map<boolean, Agent>();
  let http2 = false;

  function agentOf(allowH2: boolean): Agent {
    const known = agents.get(allowH2);
    if (known) return known;
    const dial = buildConnector({
      allowH2,
      rejectUnauthorized: false,
      cert,
      key: key.reveal(),
      sigalgs: signatureAlgorithms,
      minVersion: 'TLSv1.2',
      timeout: 5_000,
    });
    const agent = new Agent({
      allowH2,
      connections: 4,
      pipelining: 1,
      connect: (options, done) =>
        dial(options, (...result) => {
          const [error, socket] = result;
          if (error === null && socket && !isPinned(socket, pin)) {
            socket.destroy();
            return done(new AppError('tlsTrust', { host, reason: 'its certificate is not the one of the old file' }), null);
          }
          done(...result);
        }),
    });
    agents.set(allowH2, agent);
    return agent;
  }

  async function send(method: string, path: string, body: object | undefined, allowH2: boolean): Promise<Answer> {
    try {
      const answer = await agentOf(allowH2).request({
        origin: base,
        path,
        method: method as 'GET',
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await wholeOf(answer.body);
      return { status: answer.statusCode, text: () => text };
    } catch (error) {
      if (isAppError(error)) throw error;
      throw networkError(error, host) ?? error;
    }
  }

  async function wholeOf(body: AsyncIterable<Buffer>): Promise<string> {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of body) {
      size += part.length;
      if (size > mostBytes) throw new AppError('answerNotUnderstood', { host, reason: `more than ${mostBytes} bytes` });
      parts.push(part);
    }
    return Buffer.concat(parts).toString('utf8');
  }

  async function ask(method: string, path: string, body?: object): Promise<Answer> {
    const tried = http2;
    const answer = await send(method, path, body, tried);
    if (answer.status !== 505 || tried) return answer;
    http2 = true;
    return send(method, path, body, true);
  }

  async function call<S extends z.ZodType>(method: string, path: string, schema: S, name: string, body?: object): Promise<z.output<S>> {
    const answer = await ask(method, path, body);
    if (answer.status !== 200) throw answerError(answer, { host, path, name });
    // The content type is of no use: v0.11 calls nearly all of its JSON plain text.
    const parsed = schema.safeParse(jsonOf(answer.text()));
    if (!parsed.success)
      throw new AppError('answerNotUnderstood', { host, reason: `${path.split('/').slice(0, 4).join('/')} is not what KES answers` });
    return parsed.data;
  }

  const of = (operation: string, name: string): string => `/v1/key/${operation}/${encodeURIComponent(name)}`;

  return {
    url: base,
    version: async () => (await call('GET', '/version', version, '')).version,
    async generate(name: string, context: Uint8Array): Promise<DataKey> {
      const made = await call('POST', of('generate', name), generated, name, { context: base64(context) });
      return { plaintext: new Secret(made.plaintext), ciphertext: made.ciphertext };
    },
    async decrypt(name: string, ciphertext: string, context: Uint8Array): Promise<Secret> {
      return new Secret((await call('POST', of('decrypt', name), decrypted, name, { ciphertext, context: base64(context) })).plaintext);
    },
    /**
     * Told by the verb: before 2023-10-24 PUT is refused before anything else is looked at, since then it is taken. The
     * question itself, a decryption of nothing, changes nothing. Throws what is neither an answer nor "nobody there".
     */
    async generation(): Promise<Generation> {
      try {
        const { status } = await ask('PUT', of('decrypt', 'sealdeck-probe'), {});
        if (status === 405) return 'old';
        return status === 400 || status === 403 || status === 404 || status >= 500 ? 'new' : 'other';
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.code === 'networkRefused' || error.code === 'networkBroken') return 'none';
        if (error.code.startsWith('tls')) return 'other';
        throw error;
      }
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
      agents.clear();
    },
  };
}

function isPinned(socket: Duplex, pin: string): boolean {
  return socket instanceof TLSSocket && socket.getPeerX509Certificate()?.fingerprint256 === pin;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
