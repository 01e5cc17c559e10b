import type { KesConfig, KesPolicy } from '../config/model.ts';

/** What a server that is only tried must not do: from its first write on, the old server is of no use any more (kes.md trap 16). */
const writing = ['create', 'import', 'delete', 'generate', 'encrypt', 'hmac'].map((operation) => `/v1/key/${operation}/*`);

/** Not the name of any policy that a file of ours holds. */
export const trialPolicy = 'sealdeck-trial-admin';

/**
 * The new configuration with everything that writes denied: deny rules are judged first. The admin of the file, who stands
 * above all policies, has one of its own meanwhile; keys to be made at the start are left out.
 */
export function trialOf(config: KesConfig): KesConfig {
  const admin = config.admin !== undefined && /^(?:[0-9a-f]{64}|\$\{\w+\})$/.test(config.admin) ? config.admin : undefined;
  const adminPolicy: KesPolicy[] = admin === undefined ? [] : [{ name: trialPolicy, allow: ['/v1/*'], deny: [], identities: [admin] }];
  return {
    ...config,
    admin: 'disabled',
    keys: [],
    policies: [...config.policies, ...adminPolicy].map((policy) => ({ ...policy, deny: [...new Set([...policy.deny, ...writing])] })),
  };
}
