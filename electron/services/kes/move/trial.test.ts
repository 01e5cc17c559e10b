import { describe, expect, it } from 'vitest';
import { prefixMatches } from '../../../../shared/kesRules.ts';
import type { KesConfig } from '../config/model.ts';
import { trialOf } from './trial.ts';

const hash = 'a'.repeat(64);
const config: KesConfig = {
  address: '127.0.0.1:7373',
  admin: hash,
  tls: { key: 'k', cert: 'c', password: undefined, auth: 'off', ca: undefined },
  policies: [
    { name: 'minio', allow: ['/v1/key/*'], deny: ['/v1/key/decrypt/app-*'], identities: ['b'.repeat(64)] },
    { name: 'reader', allow: ['/v1/key/decrypt/*'], deny: [], identities: [] },
  ],
  cache: { any: '5m', unused: '20s', offline: undefined },
  log: { error: 'on', audit: 'on' },
  api: {},
  keys: ['minio-key-1'],
  keyStore: { kind: 'fs', values: { path: '/keys' } },
};

function allows(policy: { allow: string[]; deny: string[] } | undefined, path: string): boolean {
  const hits = (rules: string[] = []) => rules.some((rule) => prefixMatches(rule, path));
  return policy !== undefined && !hits(policy.deny) && hits(policy.allow);
}

describe('the configuration of a trial', () => {
  const trial = trialOf(config);

  it.each(['create', 'import', 'delete', 'generate', 'encrypt', 'hmac'])('lets nobody %s', (operation) => {
    for (const policy of trial.policies) expect(allows(policy, `/v1/key/${operation}/minio-key-1`)).toBe(false);
    expect(trial.keys).toEqual([]);
  });

  it('still lets everyone read who could, and nobody else', () => {
    expect(trial.policies.map((policy) => allows(policy, '/v1/key/decrypt/minio-key-1'))).toEqual([true, true, true]);
    expect(trial.policies.map((policy) => allows(policy, '/v1/key/decrypt/app-1'))).toEqual([false, true, true]);
  });

  it('takes the admin down among the others, so that it cannot write either', () => {
    expect(trial.admin).toBe('disabled');
    expect(trial.policies.at(-1)?.identities).toEqual([hash]);
    expect(trialOf({ ...config, admin: 'disabled' }).policies).toHaveLength(2);
  });
});
