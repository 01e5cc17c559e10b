import { describe, expect, it } from 'vitest';
import { another, clean, guideCommand, guideFile, someone } from './config.testSupport.ts';
import type { KesConfig } from './model.ts';
import { readKesConfig } from './read.ts';
import { blockers, writeKesConfig } from './write.ts';

describe('writing a configuration of KES', () => {
  it('writes the guide’s file in today’s form, without a secret, and reads it again as the same', () => {
    const { config, shown } = readKesConfig(guideFile, { commandLine: guideCommand });
    const text = writeKesConfig(config, { commentsOf: shown });
    expect(text).toBe(`version: v1
address: 0.0.0.0:7373
admin:
  identity: disabled
tls:
  key: kes-tls.key
  cert: kes-tls.crt
  auth: "off"
policy:
  minio:
    allow:
      - /v1/key/create/minio-*
      - /v1/key/generate/minio-* # data keys
      - /v1/key/decrypt/minio-*
    identities:
      - "${someone}"
cache:
  expiry:
    any: 5m0s
    unused: 20s
log:
  error: "on"
  audit: "off"
keystore:
  vault:
    endpoint: https://127.0.0.1:8200
    version: v1
    prefix: minio
    approle:
      id: "7c1d6a0e-role" # of the role kes-role
      secret: "\${KES_APPROLE_SECRET}"
    tls:
      ca: vault-tls.crt
    status:
      ping: 10s
`);
    const again = readKesConfig(text);
    expect(again.config).toEqual(config);
    expect(blockers(again.findings)).toEqual([]);
    expect(writeKesConfig(again.config, { commentsOf: again.shown })).toBe(text);
  });

  it('puts secrets in only where they are asked for', () => {
    const { config, secrets } = readKesConfig(guideFile);
    expect(writeKesConfig(config)).not.toContain('TRACER');
    const whole = writeKesConfig(config, { secrets });
    expect(readKesConfig(whole).secrets.get('KES_APPROLE_SECRET')?.reveal()).toBe('TRACER-5f2e-secret');
  });

  it.each([
    ['a policy without a name', { name: '' }, 'policy.'],
    ['a policy whose name KES refuses', { name: 'a.b' }, 'policy.a.b'],
    ['a deny rule that protects nothing', { deny: ['/v1/key/*/x'] }, 'policy.minio.deny'],
    ['a rule that never matches', { allow: ['/v1/key/list'] }, 'policy.minio.allow'],
    ['an identity that is none', { identities: ['all'] }, 'policy.minio.identities'],
  ])('refuses %s', (_name, change, path) => {
    const { config } = readKesConfig(clean);
    const [policy] = config.policies;
    const broken = { ...config, policies: [{ name: 'a', allow: [], deny: [], identities: [], ...policy, ...change }] };
    expect(() => writeKesConfig(broken)).toThrow(
      expect.objectContaining({ code: 'kesConfigRefused', details: expect.objectContaining({ path }) }),
    );
    expect(() => writeKesConfig(config)).not.toThrow();
  });

  it('refuses a secret that is no variable, and a door without a lock', () => {
    const { config } = readKesConfig(clean);
    const values = { ...config.keyStore?.values, 'approle.secret': 'TRACER' };
    const withSecret = { ...config, keyStore: { kind: 'vault' as const, values } };
    try {
      writeKesConfig(withSecret);
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('TRACER');
      expect(error).toMatchObject({ code: 'kesConfigRefused' });
    }
    expect(() => writeKesConfig({ ...config, api: { '/v1/key/generate/': { skipAuth: true } } })).toThrow(
      expect.objectContaining({ code: 'kesConfigOpenDoor' }),
    );
    const sandbox = '3ecfcdf38fcbe141ae26a1030f81e96b753365a46760ae6b578698a97c59fd22';
    expect(() => writeKesConfig({ ...config, admin: sandbox })).toThrow(expect.objectContaining({ code: 'kesConfigPublic' }));
  });

  it('drops no policy: of an old file, of two with one name, of many made at random', () => {
    const old = guideFile.replace(
      'cache:\n',
      `  second:\n    paths:\n    - /v1/key/*/app-1\n    identities:\n    - ${another}\n\ncache:\n`,
    );
    const read = readKesConfig(old);
    const now = readKesConfig(writeKesConfig(read.config)).config;
    expect(now.policies.map(({ name, identities }) => [name, identities])).toEqual([
      ['minio', [someone]],
      ['second', [another]],
    ]);
    expect(now.policies[1]?.allow).toHaveLength(8);
    const [first] = read.config.policies;
    const twins = { ...read.config, policies: [...read.config.policies, { name: 'minio', allow: [], deny: [], identities: [], ...first }] };
    expect(() => writeKesConfig(twins)).toThrow(expect.objectContaining({ code: 'kesConfigRefused' }));
    for (let seed = 1; seed <= 40; seed += 1) {
      const config = randomConfig(seed);
      const text = writeKesConfig(config);
      expect(readKesConfig(text).config).toEqual(config);
      expect(writeKesConfig(readKesConfig(text).config)).toBe(text);
    }
  });
});

/** A configuration that is right, with words that YAML could take for something else. */
function randomConfig(seed: number): KesConfig {
  let state = seed * 2_654_435_761;
  const pick = <T>(from: readonly T[]): T => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return from[Math.floor((state / 2 ** 32) * from.length)] as T;
  };
  const words = [
    'on',
    'no',
    'null',
    '123',
    '0x1F',
    '1e3',
    'a b: c',
    '# x',
    "it's",
    '"q"',
    '~',
    '2024-01-01',
    '[a]',
    'ü ö',
    '-',
    '&a',
    '*b',
    '!x',
    'a: ',
    ' %',
  ];
  const names = ['minio', 'on', 'null', '42', 'true', '__proto__', 'a_b', 'constructor', '0', 'y'];
  const hash = (at: number): string => pick(['0', '1', 'a', 'f']).repeat(60) + String(1000 + at);
  const policies = [...new Set(Array.from({ length: pick([0, 1, 2, 5]) }, () => pick(names)))].map((name, at) => ({
    name,
    allow: [pick(['/v1/key/create/*', '/v1/status', '/v1/key/decrypt/x_-*', '/version'])],
    deny: pick([[], ['/v1/key/delete/a*']]),
    identities: pick([[], [hash(at)], [hash(at), `\${ID_${at}}`]]),
  }));
  const text = (): string => pick(words).trim();
  const optional = <K extends string, V>(key: K, value: V): { [P in K]?: V } =>
    pick([true, false]) ? ({ [key]: value } as { [P in K]?: V }) : {};
  return {
    address: pick(['0.0.0.0:7373', '[::1]:7373', ':1']),
    admin: pick(['disabled', 'off', '_', '123']),
    tls: { key: text(), cert: text(), auth: pick(['on', 'off']), ...optional('password', '$' + '{P}'), ...optional('ca', text()) },
    policies,
    cache: { any: pick(['5m0s', '0', '1h']), unused: '20s', ...optional('offline', '10m') },
    log: { error: pick(['on', 'off', 'DEBUG', '-4', 'INFO+2']), audit: 'off' },
    api: pick([
      {},
      { '/v1/ready': { skipAuth: true } },
      { '/v1/metrics': { skipAuth: false, timeout: '5s' }, '/v1/api': { timeout: '1s' } },
    ]),
    keys: pick([[], ['minio-a', 'on', '12']]),
    keyStore: pick([
      { kind: 'fs' as const, values: { path: text() } },
      {
        kind: 'aws' as const,
        values: { endpoint: text(), region: 'no', kmskey: text(), 'credentials.accesskey': text(), 'credentials.secretkey': '$' + '{S}' },
      },
      { kind: 'gcp' as const, values: { project_id: '123', scopes: 'a,b' } },
    ]),
  };
}
