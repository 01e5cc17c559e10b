import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { kesInput } from '../../../shared/kes.ts';
import { kesYaml } from './kesConfig.ts';

const values = {
  input: kesInput.parse({}),
  address: '127.0.0.1:7373',
  keyFile: '/stack/certs/kes.key',
  certFile: '/stack/certs/kes.crt',
  certificates: 'cd'.repeat(32),
  identities: { minio: 'a1'.repeat(32), operator: '12'.repeat(32) },
  keyStore: {
    kind: 'vault' as const,
    url: 'https://127.0.0.1:8200',
    caFile: '/stack/certs/ca.crt',
    mount: 'kv',
    version: 2 as const,
    prefix: 'minio',
    appRoleMount: 'approle',
    roleId: 'role',
    secretId: 'secret',
  },
};

describe('kes.yaml', () => {
  it('keeps an identity of digits a string for readers of YAML 1.1 and 1.2, and off a word', () => {
    const text = kesYaml(values);
    for (const version of ['1.1', '1.2'] as const) {
      const config = parse(text, { version });
      expect(config.policy['sealdeck-operator'].identities).toEqual(['12'.repeat(32)]);
      expect(config.tls.auth).toBe('off');
      expect(config.log).toEqual({ error: 'on', audit: 'on' });
    }
  });

  it('writes every value whose default would surprise', () => {
    const config = parse(kesYaml(values));
    expect(config.version).toBe('v1');
    expect(config.admin.identity).toBe('disabled');
    expect(config.cache.expiry).toEqual({ any: '5s', unused: '5s' });
    expect(config.keystore.vault).toMatchObject({ version: 'v2', prefix: 'minio', engine: 'kv' });
  });

  it('gives MinIO no right to delete, import, encrypt or read policies', () => {
    const rules: string[] = parse(kesYaml(values)).policy.minio.allow;
    expect(rules.filter((rule) => /delete|import|encrypt|policy|identity|hmac/.test(rule))).toEqual([]);
    expect(rules).toContain('/v1/key/list/*');
    expect(rules.filter((rule) => rule.indexOf('*') !== -1 && rule.indexOf('*') !== rule.length - 1)).toEqual([]);
  });

  it.each([
    ['a hash that is none', { identities: { ...values.identities, minio: 'all' } }],
    ['one identity in two policies', { identities: { minio: 'ab'.repeat(32), operator: 'ab'.repeat(32) } }],
    ['a host name to listen on', { address: 'localhost:7373' }],
    ['a missing secret id', { keyStore: { ...values.keyStore, secretId: '' } }],
    ['the operator’s policy name for MinIO', { input: kesInput.parse({ policy: 'sealdeck-operator' }) }],
  ])('refuses %s before anything is written', (_name, change) => {
    expect(() => kesYaml({ ...values, ...change })).toThrow(expect.objectContaining({ code: 'kesConfigRefused' }));
  });
});
