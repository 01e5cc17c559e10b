import { z } from 'zod';
import { Secret } from '../../../shared/secret.ts';
import type { VaultAnswer } from './answers.ts';
import { joined, type VaultHttp } from './http.ts';

const secret = z
  .string()
  .min(1)
  .transform((value) => new Secret(value));

const loginAnswer = z.looseObject({
  auth: z.looseObject({
    client_token: secret,
    accessor: z.string(),
    policies: z.array(z.string()),
    lease_duration: z.int(),
    renewable: z.boolean(),
  }),
});
/** A login: the token as a `Secret`, its life in seconds. */
export interface VaultLogin {
  token: Secret;
  accessor: string;
  policies: string[];
  seconds: number;
}

const role = z.looseObject({
  data: z.looseObject({
    token_policies: z.array(z.string()).nullish(),
    token_period: z.int().default(0),
    token_ttl: z.int().default(0),
    token_max_ttl: z.int().default(0),
    token_num_uses: z.int().default(0),
    token_explicit_max_ttl: z.int().default(0),
    token_no_default_policy: z.boolean().default(false),
    token_bound_cidrs: z.array(z.string()).nullish(),
    token_type: z.string().default('default'),
    secret_id_num_uses: z.int().default(0),
    secret_id_ttl: z.int().default(0),
    secret_id_bound_cidrs: z.array(z.string()).nullish(),
    bind_secret_id: z.boolean().default(true),
  }),
});
export type AppRole = z.infer<typeof role>['data'];
const roleId = z.looseObject({ data: z.looseObject({ role_id: z.string() }) });
const secretId = z.looseObject({ data: z.looseObject({ secret_id: secret, secret_id_accessor: z.string() }) });
const accessors = z.looseObject({ data: z.looseObject({ keys: z.array(z.string()) }) });
const accessorInfo = z.looseObject({
  data: z.looseObject({ secret_id_accessor: z.string(), metadata: z.record(z.string(), z.string()).nullish() }),
});
const tokenInfo = z.looseObject({
  data: z.looseObject({
    accessor: z.string(),
    policies: z.array(z.string()),
    display_name: z.string().default(''),
    /** Seconds; 0 with `expire_time` null: never. */
    ttl: z.int().default(0),
    expire_time: z.string().nullish(),
    renewable: z.boolean().default(false),
    /** Of AppRole: `role_name` and what its secret ID was given. */
    meta: z.record(z.string(), z.string()).nullish(),
    path: z.string().default(''),
    /** Seconds since 1970. */
    creation_time: z.number().default(0),
  }),
});
export type TokenInfo = z.infer<typeof tokenInfo>['data'];

function login(answer: z.infer<typeof loginAnswer>): VaultLogin {
  const { client_token, accessor, policies, lease_duration } = answer.auth;
  return { token: client_token, accessor, policies, seconds: lease_duration };
}

/** AppRole calls. A failed login counts towards the lock-out of the role: five in 15 minutes (trap 21), so try once. */
export function vaultAppRole(http: VaultHttp) {
  const at = (mount: string, name: string, ...rest: string[]): string => joined('auth', mount, 'role', name, ...rest);
  return {
    appRole: async (mount: string, name: string): Promise<AppRole | undefined> => (await http.find(role, 'GET', at(mount, name)))?.data,
    appRoles: async (mount: string): Promise<string[]> =>
      (await http.find(accessors, 'GET', `${joined('auth', mount, 'role')}?list=true`))?.data.keys ?? [],
    writeAppRole: (mount: string, name: string, fields: Partial<AppRole>): Promise<VaultAnswer> =>
      http.send('POST', at(mount, name), { body: fields }),
    roleId: async (mount: string, name: string): Promise<string> =>
      (await http.get(roleId, 'GET', at(mount, name, 'role-id'))).data.role_id,
    /** Never retried: each call makes another secret id. `metadata` goes as JSON text, an object is refused (vault.md 1.8). */
    async createSecretId(mount: string, name: string, metadata: Record<string, string>): Promise<{ secretId: Secret; accessor: string }> {
      const made = await http.get(secretId, 'POST', at(mount, name, 'secret-id'), { body: { metadata: JSON.stringify(metadata) } });
      return { secretId: made.data.secret_id, accessor: made.data.secret_id_accessor };
    },
    secretIdAccessors: async (mount: string, name: string): Promise<string[]> =>
      (await http.find(accessors, 'GET', `${at(mount, name, 'secret-id')}?list=true`))?.data.keys ?? [],
    /** Metadata of a secret id, or `undefined` when it is gone: versions answer that with 403, 404 or 500. */
    async secretIdMetadata(mount: string, name: string, accessor: string): Promise<Record<string, string> | undefined> {
      const answer = await http.attempt('POST', at(mount, name, 'secret-id-accessor', 'lookup'), {
        body: { secret_id_accessor: accessor },
      });
      const info = answer.status === 200 ? accessorInfo.safeParse(answer.json) : undefined;
      return info?.success ? (info.data.data.metadata ?? {}) : undefined;
    },
    /** Destroying one that is gone answers 500 and counts as done. */
    async destroySecretId(mount: string, name: string, accessor: string): Promise<void> {
      const path = at(mount, name, 'secret-id-accessor', 'destroy');
      const answer = await http.attempt('POST', path, { body: { secret_id_accessor: accessor } });
      if (answer.status >= 400 && !/failed to find accessor/i.test(answer.text))
        await http.send('POST', path, { body: { secret_id_accessor: accessor } });
    },
    appRoleLogin: async (mount: string, id: string, secretIdValue: Secret): Promise<VaultLogin> =>
      login(
        await http.get(loginAnswer, 'POST', joined('auth', mount, 'login'), { body: { role_id: id, secret_id: secretIdValue.reveal() } }),
      ),
  };
}

/** Users of a userpass mount. */
export function vaultUserpass(http: VaultHttp) {
  const at = (mount: string, name: string): string => joined('auth', mount, 'users', name);
  return {
    userExists: async (mount: string, name: string): Promise<boolean> =>
      (await http.find(z.looseObject({}), 'GET', at(mount, name))) !== undefined,
    writeUser: (
      mount: string,
      name: string,
      fields: { password?: Secret; policies: string[]; ttl: string; maxTtl: string },
    ): Promise<VaultAnswer> =>
      http.send('POST', at(mount, name), {
        body: {
          token_policies: fields.policies,
          token_ttl: fields.ttl,
          token_max_ttl: fields.maxTtl,
          ...(fields.password ? { password: fields.password.reveal() } : {}),
        },
      }),
    userpassLogin: async (mount: string, name: string, password: Secret): Promise<VaultLogin> =>
      login(await http.get(loginAnswer, 'POST', joined('auth', mount, 'login', name), { body: { password: password.reveal() } })),
  };
}

/** Looking tokens up, and revoking them. */
export function vaultTokens(http: VaultHttp) {
  return {
    /** Of the client's own token, or of another. */
    lookupSelf: async (token?: Secret): Promise<TokenInfo> =>
      (await http.get(tokenInfo, 'GET', 'auth/token/lookup-self', token ? { token } : {})).data,
    /** A child of the client's token with just these policies, not renewable. Needs the right to make such a token. */
    createToken: async (policies: readonly string[], seconds: number): Promise<VaultLogin> =>
      login(
        await http.get(loginAnswer, 'POST', 'auth/token/create', {
          body: { policies, ttl: `${seconds}s`, explicit_max_ttl: `${seconds}s`, renewable: false, no_default_policy: true },
        }),
      ),
    revokeSelf: (): Promise<VaultAnswer> => http.send('POST', 'auth/token/revoke-self'),
    /** The raw answer: a proof wants to see that a revoked token's accessor is unknown. */
    lookupAccessor: (accessor: string): Promise<VaultAnswer> => http.attempt('POST', 'auth/token/lookup-accessor', { body: { accessor } }),
    /** Undefined: there is no token of that accessor (any more). Versions answer that with 403, 404 or 500. */
    async tokenOf(accessor: string): Promise<TokenInfo | undefined> {
      const answer = await http.attempt('POST', 'auth/token/lookup-accessor', { body: { accessor } });
      const found = answer.status === 200 ? tokenInfo.safeParse(answer.json) : undefined;
      if (found?.success) return found.data.data;
      if (answer.status === 404 || /invalid accessor|cannot find|token not found|bad token/i.test(answer.text)) return undefined;
      await http.send('POST', 'auth/token/lookup-accessor', { body: { accessor } });
      return undefined;
    },
    /** Of every living token; wants `sudo` on the path. */
    tokenAccessors: async (): Promise<string[]> => (await http.get(accessors, 'GET', 'auth/token/accessors?list=true')).data.keys,
    revokeAccessor: (accessor: string): Promise<VaultAnswer> => http.send('POST', 'auth/token/revoke-accessor', { body: { accessor } }),
  };
}
