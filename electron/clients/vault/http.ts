import type { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { createTlsClient } from '../../platform/tlsClient.ts';
import { errorsOf, refusal, type VaultAnswer } from './answers.ts';

export interface VaultTarget {
  url: string;
  ca: readonly string[];
  token?: Secret;
}

export interface VaultCall {
  body?: unknown;
  /** Instead of the client's own. */
  token?: Secret;
  /** Asks for a wrapping token of so many seconds instead of the answer. */
  wrapSeconds?: number;
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface VaultHttp {
  readonly host: string;
  /** The answer whatever its status; only network and TLS failures throw. `path` begins after `/v1/`. */
  attempt(method: string, path: string, call?: VaultCall): Promise<VaultAnswer>;
  /** A 2xx answer; everything else throws the error of `refusal`. */
  send(method: string, path: string, call?: VaultCall): Promise<VaultAnswer>;
  /** A 2xx answer parsed by its schema. Throws `answerNotUnderstood` when it does not fit. */
  get<S extends z.ZodType>(schema: S, method: string, path: string, call?: VaultCall): Promise<z.output<S>>;
  /** As `get`, but `undefined` for the plain 404 of "nothing there"; a 404 with a reason (no such mount) throws. */
  find<S extends z.ZodType>(schema: S, method: string, path: string, call?: VaultCall): Promise<z.output<S> | undefined>;
  close(): Promise<void>;
}

/** Requests below `/v1/` of one node, with the target's token unless a call brings its own. The caller closes it. */
export function createVaultHttp(target: VaultTarget): VaultHttp {
  const tls = createTlsClient({ ca: target.ca, timeoutMs: 20_000 });
  const base = target.url.replace(/\/+$/, '');
  const host = new URL(base).host;

  async function attempt(method: string, path: string, call: VaultCall = {}): Promise<VaultAnswer> {
    const headers: Record<string, string> = { 'X-Vault-Request': 'true', Accept: 'application/json' };
    const token = call.token ?? target.token;
    if (token) headers['X-Vault-Token'] = token.reveal();
    if (call.wrapSeconds !== undefined) headers['X-Vault-Wrap-TTL'] = String(call.wrapSeconds);
    if (call.body !== undefined) headers['Content-Type'] = 'application/json';
    const response = await tls.request({
      method,
      url: `${base}/v1/${path}`,
      headers,
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.timeoutMs === undefined ? {} : { timeoutMs: call.timeoutMs }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    const text = response.text();
    return { status: response.status, json: parsed(text), text };
  }

  async function send(method: string, path: string, call?: VaultCall): Promise<VaultAnswer> {
    const answer = await attempt(method, path, call);
    if (answer.status < 200 || answer.status > 299) throw refusal(answer, host, path);
    return answer;
  }

  function understand<S extends z.ZodType>(schema: S, path: string, answer: VaultAnswer): z.output<S> {
    const result = schema.safeParse(answer.json);
    if (result.success) return result.data;
    const where = result.error.issues[0]?.path.join('.') ?? '';
    throw new AppError('answerNotUnderstood', { host, reason: `${path}: HTTP ${answer.status}, ${where === '' ? 'body' : where}` });
  }

  return {
    host,
    attempt,
    send,
    async get(schema, method, path, call) {
      return understand(schema, path, await send(method, path, call));
    },
    async find(schema, method, path, call) {
      const answer = await attempt(method, path, call);
      if (answer.status === 404 && errorsOf(answer).length === 0) return undefined;
      if (answer.status < 200 || answer.status > 299) throw refusal(answer, host, path);
      return understand(schema, path, answer);
    },
    close: () => tls.close(),
  };
}

/** Path segments for `/v1/`, percent-encoded one by one; slashes inside a part separate segments. */
export function joined(...parts: string[]): string {
  return parts
    .flatMap((part) => part.split('/'))
    .filter((segment) => segment !== '')
    .map(encodeURIComponent)
    .join('/');
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
