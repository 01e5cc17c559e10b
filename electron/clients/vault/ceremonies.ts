import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { ShareKind } from '../../../shared/vaultCluster.ts';
import { errorsOf, refusal, type VaultAnswer } from './answers.ts';
import type { VaultHttp } from './http.ts';

export type RekeyFlow = 'rekey' | 'rotate';
export type RootFlow = 'generate-root' | 'generate-root-token';

/** Vault's own paths, and those that OpenBao has since 2.4 for those who are logged in (vault.md 1.9). */
export const rekeyBase: Readonly<Record<RekeyFlow, Readonly<Record<ShareKind, string>>>> = {
  rekey: { unseal: 'sys/rekey', recovery: 'sys/rekey-recovery-key' },
  rotate: { unseal: 'sys/rotate/root', recovery: 'sys/rotate/recovery' },
};

export const rekeyStatus = z.looseObject({
  started: z.boolean().default(false),
  nonce: z.string().default(''),
  t: z.int().default(0),
  n: z.int().default(0),
  progress: z.int().default(0),
  required: z.int().default(0),
  verification_required: z.boolean().default(false),
  verification_nonce: z.string().default(''),
});
export type RekeyStatus = z.infer<typeof rekeyStatus>;

export const rekeyAnswer = z.looseObject({
  complete: z.boolean().default(false),
  progress: z.int().default(0),
  required: z.int().default(0),
  keys_base64: z.array(z.string()).nullish(),
  verification_required: z.boolean().default(false),
  verification_nonce: z.string().default(''),
});
export type RekeyAnswer = z.infer<typeof rekeyAnswer>;

export const rootStatus = z.looseObject({
  started: z.boolean().default(false),
  nonce: z.string().default(''),
  progress: z.int().default(0),
  required: z.int().default(0),
  complete: z.boolean().default(false),
  encoded_token: z.string().default(''),
  otp_length: z.int().default(0),
  pgp_fingerprint: z.string().default(''),
});
export type RootStatus = z.infer<typeof rootStatus>;

const keyStatus = z.looseObject({ term: z.int(), install_time: z.string(), encryptions: z.int().optional() });
export type KeyStatus = z.infer<typeof keyStatus>;

/** Vault answers these plainly, OpenBao's newer paths in the usual envelope. */
function payload(answer: VaultAnswer): unknown {
  const json = answer.json as { data?: unknown } | undefined;
  return typeof json?.data === 'object' && json.data !== null ? json.data : answer.json;
}

/**
 * Renewal of shares, new root tokens and the barrier's key. Calls that carry a share give the raw answer: a refusal for a
 * wrong set is 400 or 500 by path and version, and `refusedShares` knows it.
 */
export function vaultCeremonies(http: VaultHttp) {
  async function ask<S extends z.ZodType>(schema: S, method: string, path: string, body?: unknown): Promise<z.output<S>> {
    const answer = await http.send(method, path, body === undefined ? {} : { body });
    return understood(schema, path, answer);
  }
  function understood<S extends z.ZodType>(schema: S, path: string, answer: VaultAnswer): z.output<S> {
    const read = schema.safeParse(payload(answer));
    if (!read.success) throw new AppError('answerNotUnderstood', { host: http.host, reason: `${path}: HTTP ${answer.status}` });
    return read.data;
  }
  /** One share. Throws what is no matter of shares; `undefined`: the set was wrong and is forgotten. */
  async function give<S extends z.ZodType>(schema: S, path: string, share: Secret, nonce: string): Promise<z.output<S> | undefined> {
    const answer = await http.attempt('PUT', path, { body: { key: share.reveal(), nonce }, timeoutMs: 60_000 });
    if (answer.status === 200) return understood(schema, path, answer);
    const text = errorsOf(answer).join(' ').toLowerCase();
    if (/already been provided/.test(text)) throw new AppError('vaultShareTwice');
    if (refusedShares(text)) return undefined;
    throw refusal(answer, http.host, path);
  }
  return {
    /** Whether the path is served to this client: 403 wants a login, 404 another path (vault.md 1.9). */
    serves: async (path: string): Promise<'yes' | 'login' | 'no'> => {
      const answer = await http.attempt('GET', path);
      if (answer.status === 200) return 'yes';
      if (answer.status === 403) return 'login';
      if (answer.status === 404 || answer.status === 405) return 'no';
      throw refusal(answer, http.host, path);
    },
    rekeyStatus: (base: string): Promise<RekeyStatus> => ask(rekeyStatus, 'GET', `${base}/init`),
    /** Verification always on: the old shares count until the new ones were given once. */
    rekeyBegin: (base: string, shares: number, threshold: number): Promise<RekeyStatus> =>
      ask(rekeyStatus, 'PUT', `${base}/init`, { secret_shares: shares, secret_threshold: threshold, require_verification: true }),
    rekeyGive: (base: string, share: Secret, nonce: string) => give(rekeyAnswer, `${base}/update`, share, nonce),
    rekeyVerify: (base: string, share: Secret, nonce: string) => give(rekeyAnswer, `${base}/verify`, share, nonce),
    verifyStatus: (base: string): Promise<RekeyStatus> => ask(rekeyStatus, 'GET', `${base}/verify`),
    /** The nonce goes along always: Vault 1.20 and later want it (trap 6). */
    rekeyCancel: (base: string, nonce: string): Promise<VaultAnswer> => http.send('DELETE', `${base}/init`, { body: { nonce } }),
    verifyRestart: (base: string, nonce: string): Promise<VaultAnswer> => http.send('DELETE', `${base}/verify`, { body: { nonce } }),

    rootStatus: (flow: RootFlow): Promise<RootStatus> => ask(rootStatus, 'GET', `sys/${flow}/attempt`),
    rootBegin: (flow: RootFlow, body: { otp: string } | { pgp_key: string }): Promise<RootStatus> =>
      ask(rootStatus, 'PUT', `sys/${flow}/attempt`, body),
    rootGive: (flow: RootFlow, share: Secret, nonce: string) => give(rootStatus, `sys/${flow}/update`, share, nonce),
    rootCancel: (flow: RootFlow, nonce: string): Promise<VaultAnswer> => http.send('DELETE', `sys/${flow}/attempt`, { body: { nonce } }),

    keyStatus: (): Promise<KeyStatus> => ask(keyStatus, 'GET', 'sys/key-status'),
    rotateBarrier: (): Promise<VaultAnswer> => http.send('POST', 'sys/rotate'),
  };
}

/** Whether a refusal says that the shares do not fit (vault.md 1.9, 1.10, 2.3). Lower-case text. */
export function refusedShares(text: string): boolean {
  return /message authentication failed|invalid key|combined key|unseal failed|verification failed|incorrect key shares|root generation aborted/.test(
    text,
  );
}
