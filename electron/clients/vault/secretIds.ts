import { z } from 'zod';
import { Secret } from '../../../shared/secret.ts';
import { refusal } from './answers.ts';
import { joined, type VaultHttp } from './http.ts';

const secret = z
  .string()
  .min(1)
  .transform((value) => new Secret(value));
const made = z.looseObject({ data: z.looseObject({ secret_id: secret, secret_id_accessor: z.string() }) });
const wrapped = z.looseObject({
  wrap_info: z.looseObject({
    token: secret,
    ttl: z.int(),
    creation_time: z.string(),
    creation_path: z.string(),
    /** The secret ID's own, on newer servers. */
    wrapped_accessor: z.string().optional(),
  }),
});
const looked = z.looseObject({
  data: z.looseObject({ creation_path: z.string(), creation_time: z.string(), creation_ttl: z.number() }),
});
const info = z.looseObject({
  data: z.looseObject({
    secret_id_accessor: z.string(),
    secret_id_num_uses: z.int().default(0),
    creation_time: z.string(),
    /** `0001-01-01T00:00:00Z`: never. */
    expiration_time: z.string(),
    metadata: z.record(z.string(), z.string()).nullish(),
    cidr_list: z.array(z.string()).nullish(),
  }),
});
export type SecretIdInfo = z.infer<typeof info>['data'];

export interface SecretIdWish {
  /** Goes as JSON text (vault.md 1.8). */
  metadata: Record<string, string>;
  /** Vault since 1.12. */
  uses?: number | undefined;
  ttlSeconds?: number | undefined;
  cidrs?: readonly string[] | undefined;
}

/** Secret IDs with their life, and response wrapping. Nothing here is retried: each call makes or uses up something. */
export function vaultSecretIds(http: VaultHttp) {
  const at = (mount: string, role: string, ...rest: string[]): string => joined('auth', mount, 'role', role, 'secret-id', ...rest);
  const bodyOf = ({ metadata, uses, ttlSeconds, cidrs }: SecretIdWish) => ({
    metadata: JSON.stringify(metadata),
    ...(uses === undefined ? {} : { num_uses: uses }),
    ...(ttlSeconds === undefined ? {} : { ttl: `${ttlSeconds}s` }),
    ...(cidrs === undefined ? {} : { cidr_list: cidrs }),
  });
  return {
    async makeSecretId(mount: string, role: string, wish: SecretIdWish): Promise<{ secretId: Secret; accessor: string }> {
      const { data } = await http.get(made, 'POST', at(mount, role), { body: bodyOf(wish) });
      return { secretId: data.secret_id, accessor: data.secret_id_accessor };
    },
    /** `accessor` is absent on servers that do not tell it with the wrapping token. */
    async makeWrappedSecretId(mount: string, role: string, wish: SecretIdWish, seconds: number) {
      const { wrap_info } = await http.get(wrapped, 'POST', at(mount, role), { body: bodyOf(wish), wrapSeconds: seconds });
      const { token, ttl, creation_time, creation_path, wrapped_accessor } = wrap_info;
      const expiresAt = new Date(Date.parse(creation_time) + ttl * 1000).toISOString();
      return { token, path: creation_path, expiresAt, ...(wrapped_accessor ? { accessor: wrapped_accessor } : {}) };
    },
    /** Undefined when it is gone: versions answer that with 403, 404 or 500. */
    async secretIdInfo(mount: string, role: string, accessor: string): Promise<SecretIdInfo | undefined> {
      const path = joined('auth', mount, 'role', role, 'secret-id-accessor', 'lookup');
      const answer = await http.attempt('POST', path, { body: { secret_id_accessor: accessor } });
      // A server that is sealed or busy says nothing of it.
      if (answer.status > 500 || answer.status === 429) throw refusal(answer, http.host, path);
      const found = answer.status === 200 ? info.safeParse(answer.json) : undefined;
      if (found?.success) return found.data.data;
      // 403 without a word about the accessor is a missing right.
      if (answer.status === 403 && !/accessor/i.test(answer.text))
        await http.send('POST', path, { body: { secret_id_accessor: accessor } });
      return undefined;
    },
    /** Where a wrapping token comes from, without opening it. Undefined: expired, opened already, or none at all. Needs no login. */
    async wrappingOf(token: Secret): Promise<{ path: string; expiresAt: string } | undefined> {
      const answer = await http.attempt('POST', 'sys/wrapping/lookup', { body: { token: token.reveal() } });
      if (answer.status === 400 || answer.status === 403) return undefined;
      const { data } = await http.get(looked, 'POST', 'sys/wrapping/lookup', { body: { token: token.reveal() } });
      return { path: data.creation_path, expiresAt: new Date(Date.parse(data.creation_time) + data.creation_ttl * 1000).toISOString() };
    },
    /** Opens it, once. Undefined: it was opened before or has expired. */
    async unwrapSecretId(token: Secret): Promise<{ secretId: Secret; accessor: string } | undefined> {
      const path = 'sys/wrapping/unwrap';
      const answer = await http.attempt('POST', path, { token });
      // A server that is sealed or busy opened nothing: that is nobody's theft.
      if (answer.status !== 200 && answer.status !== 400 && answer.status !== 403) throw refusal(answer, http.host, path);
      const parsed = made.safeParse(answer.json);
      // Never asked again for the sake of an error: it is used up now.
      if (answer.status !== 200 || !parsed.success) return undefined;
      return { secretId: parsed.data.data.secret_id, accessor: parsed.data.data.secret_id_accessor };
    },
  };
}
