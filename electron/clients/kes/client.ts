import { z } from 'zod';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { createTlsClient, type TlsResponse } from '../../platform/tlsClient.ts';
import { answerError, messageOf } from './answers.ts';
import { listAllNames } from './listing.ts';
import { type KesMetrics, readMetrics } from './metrics.ts';

export interface KesOptions {
  url: string;
  ca: readonly string[];
  /** Without a certificate KES ends the handshake; only a check of exactly that leaves it out. */
  cert?: string;
  key?: Secret;
}

const nothing = z.unknown().transform(() => undefined);
const version = z.object({ version: z.string() });
const status = z.object({
  version: z.string(),
  /** Seconds since 2023-10-24, nanoseconds before. */
  uptime: z.number().optional(),
  /** Milliseconds, whatever the comment in KES's source says. */
  keystore_latency: z.number().optional(),
  keystore_unreachable: z.boolean().optional(),
});
const api = z.array(z.object({ method: z.string(), path: z.string() }));
const description = z.object({
  name: z.string(),
  algorithm: z.string().optional(),
  created_at: z.string().optional(),
  created_by: z.string().optional(),
});
const identities = z.object({ identities: z.array(z.string()).nullable() });
const identityOf = z.object({ admin: z.boolean().optional(), policy: z.string().optional() });
const ruleSet = z.record(z.string(), z.unknown()).optional();
const policyOf = z.object({ allow: ruleSet, deny: ruleSet });
const generated = z.object({ plaintext: z.base64(), ciphertext: z.string() });
const encrypted = z.object({ ciphertext: z.string() });
const decrypted = z.object({ plaintext: z.base64() });

export interface DataKey {
  /** Base64 of 32 bytes. */
  plaintext: Secret;
  ciphertext: string;
}
export interface KeyDescription {
  name: string;
  algorithm?: string;
  createdAt?: string;
  /** Identity that made it. */
  createdBy?: string;
}
export type KesClient = ReturnType<typeof createKesClient>;

/** Until KES notices that its key store is sealed, each call hangs for about 4 s. */
const keyCallTimeoutMs = 20_000;
/** Of one look at a log stream. */
const mostEvents = 500;
const longestEvent = 100_000;

/**
 * Speaks KES's API of 2023-10-24 and later over HTTP/1.1 with a client certificate. POST everywhere: every server takes it.
 * A route without a body must get none at all, not even `{}`: the server does the work and then breaks the connection.
 */
export function createKesClient(options: KesOptions) {
  const { url, ca, cert, key } = options;
  const base = url.replace(/\/+$/, '');
  const tls = createTlsClient({ ca, ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) });

  async function ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object, signal?: AbortSignal): Promise<TlsResponse> {
    return tls.request({
      method,
      url: base + path,
      timeoutMs: keyCallTimeoutMs,
      maxBytes: 4_000_000,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async function call<S extends z.ZodType>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    schema: S,
    name = '',
    body?: object,
  ): Promise<z.output<S>> {
    const answer = await ask(method, path, body);
    if (answer.status !== 200) throw answerError(answer, { host: base, path, name });
    const parsed = schema.safeParse(jsonOf(answer));
    if (!parsed.success)
      throw new AppError('answerNotUnderstood', { host: base, reason: `${path.split('/').slice(0, 4).join('/')} is not what KES answers` });
    return parsed.data;
  }

  async function metrics(): Promise<KesMetrics> {
    const path = '/v1/metrics';
    const answer = await ask('GET', path);
    if (answer.status !== 200) throw answerError(answer, { host: base, path, name: '' });
    const read = readMetrics(answer.text());
    if (read === undefined) throw new AppError('answerNotUnderstood', { host: base, reason: 'no request counters among its metrics' });
    return read;
  }

  const of = (operation: string, name: string): string => {
    // An empty name would be redirected to another route by the server.
    if (name === '') throw new AppError('kesName', { name });
    return `/v1/key/${operation}/${encodeURIComponent(name.toWellFormed())}`;
  };

  async function describeKey(name: string): Promise<KeyDescription> {
    const { algorithm, created_at: createdAt, created_by: createdBy } = await call('GET', of('describe', name), description, name);
    // Records of old servers carry Go's zero time.
    const known = createdAt === undefined || createdAt.startsWith('0001-') ? {} : { createdAt };
    return { name, ...(algorithm === undefined ? {} : { algorithm }), ...known, ...(createdBy ? { createdBy } : {}) };
  }

  return {
    url: base,
    version: async () => (await call('GET', '/version', version)).version,
    status: () => call('GET', '/v1/status', status),
    api: () => call('GET', '/v1/api', api),
    /** Throws `kesKeyExists`, which a set-up may take for success. */
    createKey: async (name: string): Promise<void> => call('POST', of('create', name), nothing, name),
    describeKey,
    /** Whether the key is there, asked of KES just now. Refused is no answer: throws what KES says then. */
    async hasKey(name: string): Promise<boolean> {
      try {
        await describeKey(name);
        return true;
      } catch (error) {
        if (isAppError(error, 'kesKeyNotFound')) return false;
        throw error;
      }
    },
    /**
     * All names, sorted. On an empty Vault folder KES answers 502, which comes as `kesKeyStore`. `elsewhere`: the key store's own list of
     * the same folder, asked only beyond 1,024 names.
     */
    listKeys: (elsewhere?: () => Promise<readonly string[] | undefined>) =>
      listAllNames((prefix) => call('GET', `/v1/key/list/${encodeURIComponent(prefix)}`, listing, prefix), elsewhere),
    /** Hashes of all identities that have a policy. Needs `/v1/identity/list/*`; since 2023-10-24 the list is whole. */
    listIdentities: async () => (await call('GET', '/v1/identity/list/*', identities)).identities ?? [],
    describeIdentity: (id: string) => call('GET', `/v1/identity/describe/${encodeURIComponent(id)}`, identityOf, id),
    async readPolicy(name: string): Promise<{ allow: string[]; deny: string[] }> {
      const { allow = {}, deny = {} } = await call('GET', `/v1/policy/read/${encodeURIComponent(name)}`, policyOf, name);
      return { allow: Object.keys(allow), deny: Object.keys(deny) };
    },
    /** On Vault a missing key is deleted with 200 as well: ask `describeKey` afterwards. */
    deleteKey: async (name: string): Promise<void> => call('DELETE', of('delete', name), nothing, name),
    /** `bytes`: base64 of 32 bytes. */
    importKey: async (name: string, bytes: Secret, cipher: 'AES256' | 'ChaCha20' = 'AES256'): Promise<void> =>
      call('POST', of('import', name), nothing, name, { key: bytes.reveal(), cipher }),
    async generate(name: string, context?: Uint8Array): Promise<DataKey> {
      const answer = await call('POST', of('generate', name), generated, name, withContext({}, context));
      return { plaintext: new Secret(answer.plaintext), ciphertext: answer.ciphertext };
    },
    /** `plaintext` and the result of `decrypt` are base64. */
    async encrypt(name: string, plaintext: Secret, context?: Uint8Array): Promise<string> {
      return (await call('POST', of('encrypt', name), encrypted, name, withContext({ plaintext: plaintext.reveal() }, context))).ciphertext;
    },
    async decrypt(name: string, ciphertext: string, context?: Uint8Array): Promise<Secret> {
      return new Secret((await call('POST', of('decrypt', name), decrypted, name, withContext({ ciphertext }, context))).plaintext);
    },
    /** The counters of this node since its start (kes.md 2.10). */
    metrics,
    /** How many requests about keys, policies and identities this node has answered so far, whatever the answer. */
    async requestCount(): Promise<number> {
      const { success, error, failure } = await metrics();
      return success + error + failure;
    },
    /**
     * What a log stream delivers within so many ms, one value a line. Its headers may come with the first event only, so silence is no
     * failure. Throws `kesNotAuthorised`, `kesRefused`.
     */
    async listen(path: string, ms: number): Promise<unknown[]> {
      const signal = AbortSignal.timeout(ms);
      const events: unknown[] = [];
      try {
        const { status, body } = await tls.stream({ method: 'GET', url: base + path, signal, timeoutMs: ms + 5_000 });
        if (status !== 200) {
          body.destroy();
          throw answerError({ status, text: () => '' }, { host: base, path, name: '' });
        }
        let rest = '';
        for await (const part of body) {
          const lines = (rest + String(part)).split('\n');
          rest = lines.pop() ?? '';
          events.push(...lines.flatMap((line) => parsed(line) ?? []));
          if (events.length >= mostEvents || rest.length > longestEvent) break;
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      return events;
    },
    /** The bare status and message of a route, for permission probes. Throws only when there is no answer. */
    async probe(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<{ status: number; message: string }> {
      const answer = await ask(method, path, body);
      return { status: answer.status, message: messageOf(answer) };
    },
    close: () => tls.close(),
  };
}

const listing = z.object({ names: z.array(z.string()).nullable(), continue_at: z.string().optional() });

function withContext(body: object, context: Uint8Array | undefined): object {
  return context === undefined ? body : { ...body, context: Buffer.from(context).toString('base64') };
}

const jsonOf = (answer: TlsResponse): unknown => parsed(answer.text());

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
