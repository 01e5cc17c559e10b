import { identityFor } from '../../../clients/kes/forStack.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import type { KesConfig } from '../config/model.ts';
import { referenceOf } from '../config/reader.ts';
import { writeKesConfig } from '../config/write.ts';
import type { Deployment } from './deployment.ts';

/** What a MinIO of today asks beside the guide's three operations (minio.md 2.3); `describe` only for the keys it may open. */
const asked = ['/v1/key/list/*', '/v1/status', '/v1/metrics', '/v1/api'];

export interface Next {
  config: KesConfig;
  /** Rules that the old file did not have, by policy. */
  added: ReadonlyMap<string, string[]>;
}

/**
 * What today's server is to do: what the old one did, and what today's MinIO asks besides. Variables of the old environment
 * are written out, since the new server is not started with them.
 */
export async function nextConfig(access: StackAccess, { config, environment }: Deployment): Promise<Next> {
  const hash = access.stack.identities.find(({ purpose }) => purpose === 'operator')?.hash;
  const known = (await identityFor(access, 'operator')) === undefined ? undefined : hash;
  const plain = (value: string): string => environment.get(referenceOf(value) ?? '') ?? value;
  const added = new Map<string, string[]>();
  const policies = config.policies.map((policy) => {
    const identities = policy.identities.map(plain);
    if (known === undefined || !identities.includes(known)) return { ...policy, identities };
    const described = policy.allow
      .filter((rule) => rule.startsWith('/v1/key/decrypt/'))
      .map((rule) => rule.replace('/decrypt/', '/describe/'));
    const missing = [...described, ...asked].filter(
      (rule) => !policy.allow.some((one) => one === rule || (one.endsWith('*') && rule.startsWith(one.slice(0, -1)))),
    );
    if (missing.length > 0) added.set(policy.name, missing);
    return { ...policy, identities, allow: [...policy.allow, ...missing] };
  });
  const { keyStore } = config;
  const vault = keyStore?.kind === 'vault' ? { engine: 'kv', version: 'v1' } : {};
  return {
    added,
    config: {
      ...config,
      admin: plain(config.admin ?? 'disabled'),
      address: plain(config.address),
      policies,
      ...(keyStore === undefined ? {} : { keyStore: { ...keyStore, values: { ...vault, ...keyStore.values } } }),
    },
  };
}

/** The file as it is shown: `${NAME}` where a secret will stand. Throws `kesConfigRefused`. */
export function previewOf({ config }: Next, { reading }: Deployment): string {
  return writeKesConfig(config, { commentsOf: reading.shown });
}

/** The file as the server gets it, 0600: with the secrets in their places. Throws `kesConfigRefused`. */
export function fileOf(config: KesConfig, { reading, secrets }: Deployment): string {
  return writeKesConfig(config, { commentsOf: reading.shown, secrets });
}
