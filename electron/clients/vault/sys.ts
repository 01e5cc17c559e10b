import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { VaultAnswer } from './answers.ts';
import { joined, type VaultHttp } from './http.ts';

export const sealStatus = z.looseObject({
  type: z.string(),
  initialized: z.boolean(),
  sealed: z.boolean(),
  t: z.int(),
  n: z.int(),
  progress: z.int(),
  nonce: z.string().default(''),
  version: z.string(),
  storage_type: z.string().optional(),
  /** True: what opens it is a seal device, and `t`, `n` speak of recovery keys (vault.md 2.4). */
  recovery_seal: z.boolean().default(false),
  cluster_id: z.string().optional(),
  cluster_name: z.string().optional(),
});
export type SealStatus = z.infer<typeof sealStatus>;

const healthBody = z.looseObject({
  initialized: z.boolean(),
  sealed: z.boolean(),
  standby: z.boolean(),
  version: z.string(),
  enterprise: z.boolean().optional(),
  /** Seconds since 1970. */
  server_time_utc: z.number().optional(),
});

export type Product = 'openbao' | 'vault' | 'unknown';

export interface VaultHealth {
  /** 200 active, 429 standby, 501 not initialised, 503 sealed (vault.md 1.3). */
  status: number;
  state: 'uninitialised' | 'sealed' | 'standby' | 'active';
  version: string;
  product: Product;
  /** Seconds since 1970, whole. */
  time: number | undefined;
  answer: VaultAnswer;
}

/** A server with a seal device gives recovery keys instead of shares; both lists may be there, one of them empty. */
const initAnswer = z
  .object({
    keys_base64: z.array(z.string()).nullish(),
    recovery_keys_base64: z.array(z.string()).nullish(),
    root_token: z.string().min(1),
  })
  .transform(({ keys_base64: keys, recovery_keys_base64: recovery, root_token }) => ({
    keys_base64: recovery?.length ? recovery : (keys ?? []),
    recovery: (recovery?.length ?? 0) > 0,
    root_token,
  }))
  .refine(({ keys_base64 }) => keys_base64.length > 0);
export type InitAnswer = z.infer<typeof initAnswer>;

const mountOf = z.looseObject({ type: z.string(), accessor: z.string().default(''), options: z.record(z.string(), z.string()).nullish() });
export type Mount = z.infer<typeof mountOf>;

const capabilitiesAnswer = z.looseObject({ data: z.record(z.string(), z.array(z.string())) });
const mountAnswer = z.looseObject({ data: mountOf });

/** Answers that carry their payload twice are read from `data` first (trap 18). */
const mountsAnswer = z.looseObject({ data: z.record(z.string(), mountOf) });
const keysAnswer = z.looseObject({ data: z.looseObject({ keys: z.array(z.string()).nullish() }).nullish() });
const policyAnswer = z.looseObject({ data: z.looseObject({ policy: z.string() }) });
const lockedAnswer = z.looseObject({
  data: z.looseObject({
    by_namespace: z
      .array(
        z.looseObject({
          mount_accessors: z
            .array(z.looseObject({ mount_accessor: z.string(), alias_identifiers: z.array(z.string()).nullish() }))
            .nullish(),
        }),
      )
      .nullish(),
  }),
});

/** Both products number their versions 2.x; only Vault sends `enterprise` (since 1.16), only Vault is below 2 (trap 1). */
export function productOf(version: string, hasEnterprise: boolean): Product {
  if (hasEnterprise) return 'vault';
  const major = Number.parseInt(version, 10);
  if (Number.isNaN(major)) return 'unknown';
  return major < 2 ? 'vault' : 'openbao';
}

/** System calls. No namespace header is ever sent on them (trap 14). */
export function vaultSys(http: VaultHttp) {
  return {
    /** Never fails on a server that answers at all: the heartbeat (trap 15). */
    sealStatus: (signal?: AbortSignal): Promise<SealStatus> => http.get(sealStatus, 'GET', 'sys/seal-status', signal ? { signal } : {}),
    async health(signal?: AbortSignal): Promise<VaultHealth> {
      const answer = await http.attempt('GET', 'sys/health', signal ? { signal } : {});
      const body = healthBody.safeParse(answer.json);
      if (!body.success) throw new AppError('answerNotUnderstood', { host: http.host, reason: `sys/health: HTTP ${answer.status}` });
      const { initialized, sealed, standby, version, enterprise, server_time_utc: time } = body.data;
      const state = !initialized ? 'uninitialised' : sealed ? 'sealed' : standby ? 'standby' : 'active';
      return { status: answer.status, state, version, product: productOf(version, enterprise !== undefined), time, answer };
    },
    initialised: async (): Promise<boolean> => (await http.get(z.looseObject({ initialized: z.boolean() }), 'GET', 'sys/init')).initialized,
    /** Once, never retried, with a long time-out: the answer exists in one response only (trap 2). */
    init: (shares: number, threshold: number, recovery = false): Promise<InitAnswer> =>
      http.get(initAnswer, 'PUT', 'sys/init', {
        body: recovery
          ? { recovery_shares: shares, recovery_threshold: threshold }
          : { secret_shares: shares, secret_threshold: threshold },
        timeoutMs: 180_000,
      }),
    /** One share. A refusal for a wrong set of shares is 400 or 500 by version, so the caller gets the raw answer. */
    unseal: (share: Secret): Promise<VaultAnswer> =>
      http.attempt('PUT', 'sys/unseal', { body: { key: share.reveal() }, timeoutMs: 60_000 }),
    resetUnseal: (): Promise<SealStatus> => http.get(sealStatus, 'PUT', 'sys/unseal', { body: { reset: true } }),
    /** 204 is no proof (trap 22): read the seal status afterwards. */
    seal: (): Promise<VaultAnswer> => http.send('PUT', 'sys/seal'),

    mounts: async (): Promise<Record<string, Mount>> => (await http.get(mountsAnswer, 'GET', 'sys/mounts')).data,
    /** One mount, for a token that has any right below it; `undefined` where the server refuses, also for one that is not there. */
    async mountSeen(mount: string): Promise<Mount | undefined> {
      const answer = await http.attempt('GET', joined('sys/internal/ui/mounts', mount));
      if (answer.status === 403 || answer.status === 404) return undefined;
      return (await http.get(mountAnswer, 'GET', joined('sys/internal/ui/mounts', mount))).data;
    },
    /** What the client's own token may do, by path; `root` for everything. Ask for a list right with a slash at the end. */
    capabilitiesSelf: async (paths: readonly string[]): Promise<Record<string, string[]>> =>
      (await http.get(capabilitiesAnswer, 'POST', 'sys/capabilities-self', { body: { paths } })).data,
    /** The same of another token; asks for a right that few log-ins have. */
    capabilitiesOf: async (token: Secret, paths: readonly string[]): Promise<Record<string, string[]>> =>
      (await http.get(capabilitiesAnswer, 'POST', 'sys/capabilities', { body: { token: token.reveal(), paths } })).data,
    enableEngine: (mount: string, type: string, options?: Record<string, string>): Promise<VaultAnswer> =>
      http.send('POST', joined('sys/mounts', mount), { body: options === undefined ? { type } : { type, options } }),
    authMounts: async (): Promise<Record<string, Mount>> => (await http.get(mountsAnswer, 'GET', 'sys/auth')).data,
    enableAuth: (mount: string, type: string): Promise<VaultAnswer> => http.send('POST', joined('sys/auth', mount), { body: { type } }),

    policies: async (): Promise<string[]> => (await http.find(keysAnswer, 'GET', 'sys/policies/acl?list=true'))?.data?.keys ?? [],
    policy: async (name: string): Promise<string | undefined> =>
      (await http.find(policyAnswer, 'GET', joined('sys/policies/acl', name)))?.data.policy,
    writePolicy: (name: string, policy: string): Promise<VaultAnswer> =>
      http.send('PUT', joined('sys/policies/acl', name), { body: { policy } }),
    deletePolicy: (name: string): Promise<VaultAnswer> => http.send('DELETE', joined('sys/policies/acl', name)),

    /** Role ids and names that are locked out under a mount's accessor. Servers without lock-out (404, 405) have none. */
    async lockedUsers(accessor: string): Promise<string[]> {
      const answer = await http.attempt('GET', 'sys/locked-users');
      if (answer.status === 404 || answer.status === 405) return [];
      const listed = await http.get(lockedAnswer, 'GET', 'sys/locked-users');
      return (listed.data.by_namespace ?? [])
        .flatMap((namespace) => namespace.mount_accessors ?? [])
        .filter((mount) => mount.mount_accessor === accessor)
        .flatMap((mount) => mount.alias_identifiers ?? []);
    },
    unlockUser: (accessor: string, alias: string): Promise<VaultAnswer> =>
      http.send('POST', joined('sys/locked-users', accessor, 'unlock', alias)),
  };
}
