import { describe, expect, it } from 'vitest';
import { fieldsOf, keyStoreChoice, otherKeyStoreKind, secretsOf, wrongFields } from './keyStores.ts';
import { placeInput } from './setup.ts';
import { stack } from './stacks.ts';

const place = (change: object) => ({
  name: 'n',
  folder: '/f',
  hosts: ['127.0.0.1'],
  ports: { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 },
  product: 'openbao',
  ...change,
});

describe('the choice of a key store', () => {
  it.each([
    ['aws', { endpoint: 'host', region: 'r' }, []],
    ['aws', { endpoint: 'host' }, ['region']],
    ['aws', { endpoint: 'host', region: 'r', kms: 'typo' }, ['kms']],
    ['aws', { endpoint: 'a\nb', region: 'r' }, ['endpoint']],
    ['aws', { endpoint: '${' + 'X}', region: 'r' }, ['endpoint']],
    ['gemalto', { endpoint: 'host' }, ['endpoint']],
    ['gemalto', { endpoint: 'https://user@host' }, ['endpoint']],
    ['entrust', { endpoint: 'https://host', vault_id: 'v', box_id: 'b', 'credentials.username': 'u' }, []],
    ['entrust', { endpoint: 'https://host', vault_id: 'v', box_id: 'b' }, ['credentials.username']],
    ['gcp', { project_id: 'p', 'credentials.client_email': 'e' }, ['credentials.client_id', 'credentials.private_key_id']],
    [
      'azure',
      { endpoint: 'https://v', 'credentials.tenant_id': 't', 'credentials.client_id': 'c', 'managed_identity.client_id': 'm' },
      ['managed_identity.client_id'],
    ],
    ['fs', {}, []],
    ['fs', { path: 'relative/keys' }, ['path']],
  ] as const)('%s with %j is wrong in %j', (kind, values, wrong) => {
    expect(wrongFields({ kind, values })).toEqual(wrong);
  });

  it('takes no secret and no path of a CA among its lines', () => {
    for (const kind of otherKeyStoreKind.options) {
      const secrets = fieldsOf(kind).filter(({ secret }) => secret);
      for (const { path } of secrets) expect(wrongFields({ kind, values: { [path]: 'x' } })).toContain(path);
      expect(wrongFields({ kind, values: { 'tls.ca': '/x' } })).toContain('tls.ca');
    }
  });

  it('asks for the secrets of a group only when the group was begun', () => {
    expect(secretsOf({ kind: 'aws', values: {} }).needed).toEqual([]);
    expect(secretsOf({ kind: 'aws', values: { 'credentials.accesskey': 'k' } }).needed).toEqual(['credentials.secretkey']);
    expect(secretsOf({ kind: 'fortanix', values: {} }).needed).toEqual(['credentials.key']);
  });

  it('names the field that is wrong, so that a form can show it there', () => {
    const found = keyStoreChoice.safeParse({ kind: 'gemalto', values: { endpoint: 'x' }, ca: 'no certificate' });
    expect(found.error?.issues.map(({ path }) => path.join('.'))).toEqual(['values.endpoint', 'ca']);
  });

  it('takes a proxy for services of the Internet only, and none with a log-in', () => {
    const with_ = (kind: string, proxy: string) =>
      keyStoreChoice.safeParse({ kind, values: { endpoint: 'https://h', region: 'r' }, proxy });
    expect(with_('aws', 'http://proxy.example.net:3128').success).toBe(true);
    expect(with_('aws', 'http://user:password@proxy.example.net:3128').error?.issues[0]?.path).toEqual(['proxy']);
    expect(with_('gemalto', 'http://proxy.example.net:3128').success).toBe(false);
  });

  it('leaves a place of before as it was, and a place with another key store without a Vault', () => {
    expect(placeInput.parse(place({}))).toMatchObject({ keyStore: { kind: 'vault' }, servers: { vault: { way: 'here' } } });
    expect(placeInput.parse(place({ keyStore: { kind: 'fs' } })).servers.vault).toEqual({ way: 'none' });
  });

  it('reads documents of before unchanged', () => {
    const { success, data } = stack.safeParse({
      version: 2,
      id: 'a',
      name: 'a',
      origin: 'lab',
      createdAt: 'now',
      folder: '/f',
      draft: false,
      readOnly: false,
      cas: [],
      identities: [],
      keyStores: [],
      kesClusters: [],
      minioClusters: [],
    });
    expect(success).toBe(true);
    expect(data).not.toHaveProperty('otherKeyStores');
  });
});
