import { describe, expect, it } from 'vitest';
import { messages } from '../../../../shared/messages.ts';
import { another, clean, guideCommand, guideFile, someone } from './config.testSupport.ts';
import { readKesConfig } from './read.ts';
import { blockers, writeKesConfig } from './write.ts';

const codes = (text: string, options = {}): string[] => readKesConfig(text, options).findings.map(({ text: { code } }) => code);

describe('reading a configuration of KES', () => {
  it('understands the guide’s file with its command line, and says of each old line what today’s server does with it', () => {
    const { dialect, config, findings, secrets } = readKesConfig(guideFile, { commandLine: guideCommand });
    expect(dialect).toBe('A');
    expect(config).toEqual({
      address: '0.0.0.0:7373',
      admin: 'disabled',
      tls: { key: 'kes-tls.key', cert: 'kes-tls.crt', auth: 'off' },
      policies: [
        {
          name: 'minio',
          allow: ['/v1/key/create/minio-*', '/v1/key/generate/minio-*', '/v1/key/decrypt/minio-*'],
          deny: [],
          identities: [someone],
        },
      ],
      cache: { any: '5m0s', unused: '20s' },
      log: { error: 'on', audit: 'off' },
      api: {},
      keys: [],
      keyStore: {
        kind: 'vault',
        values: {
          endpoint: 'https://127.0.0.1:8200',
          version: 'v1',
          prefix: 'minio',
          'approle.id': '7c1d6a0e-role',
          'approle.secret': '$' + '{KES_APPROLE_SECRET}',
          'tls.ca': 'vault-tls.crt',
          'status.ping': '10s',
        },
      },
    });
    expect(secrets.get('KES_APPROLE_SECRET')?.reveal()).toBe('TRACER-5f2e-secret');
    expect(findings.map(({ line, today, text: { code } }) => [line, today, code])).toEqual([
      [9, 'refuses', 'kesFindPaths'],
      [25, 'ends', 'kesFindKeysMap'],
      [26, 'differs', 'kesFindVaultVersion'],
      [31, 'takes', 'kesFindSecretPlain'],
      [32, 'ignores', 'kesFindRetry'],
      [undefined, 'ends', 'kesFindFlagRoot'],
      [undefined, 'ends', 'kesFindFlagMlock'],
      [undefined, 'ignores', 'kesFindFlagAuth'],
    ]);
  });

  it('finds nothing wrong in a file of today', () => {
    expect(readKesConfig(clean)).toMatchObject({ dialect: 'F', matching: 'prefix', findings: [] });
  });

  it('names the default of the wrong dialect that starts and answers 403 to everything', () => {
    const half = guideFile.replace('keys:', 'admin:\n  identity: disabled\nkeystore:');
    const { dialect, findings, config } = readKesConfig(half);
    expect(dialect).toBe('B');
    const paths = findings.find(({ text: { code } }) => code === 'kesFindPaths');
    expect(paths).toMatchObject({ severity: 'outdated', today: 'refuses', path: 'policy.minio.paths' });
    // And what was meant is not lost.
    expect(config.policies[0]?.allow).toHaveLength(3);
  });

  it.each([
    ['B', clean.replace('allow:', 'paths:')],
    ['C', clean.replace('admin:\n  identity: disabled', `root: ${another}`)],
    ['D', clean.replace('version: v1\n', '').replace('  auth: "off"\n', '').replace('v1\n    approle', 'v1\n    approle')],
    ['E', clean.replace('  auth: "off"\n', '')],
    ['F', clean],
  ])('tells dialect %s', (dialect, text) => {
    expect(readKesConfig(text).dialect).toBe(dialect);
  });

  it.each([
    ['kesFindUnknown', clean.replace('cache:', 'cash:\n  a: 1\ncache:').replace('cash', 'somethingelse')],
    ['kesFindMeant', clean.replace('identities:', 'identites:')],
    ['kesFindNotValue', clean.replace('address: 127.0.0.1:7373', 'address: [a]')],
    ['kesFindNotMap', clean.replace(/tls:\n {2}key.*\n.*\n.*\n/, 'tls: x\n')],
    ['kesFindNotList', clean.replace(/allow:\n.*\n.*\n/, 'allow: /v1/key/create/*\n')],
    ['kesFindVersion', clean.replace('version: v1', 'version: v2')],
    ['kesFindPartReference', clean.replace('kes.key', '/etc/$' + '{NAME}/kes.key')],
    ['kesFindRoot', clean.replace('admin:\n  identity: disabled', 'root: disabled')],
    ['kesFindNoAdmin', clean.replace('admin:\n  identity: disabled\n', '')],
    ['kesFindAdmin', clean.replace('identity: disabled', `identity: ${another}`)],
    ['kesFindAdminPolicy', clean.replace('identity: disabled', `identity: ${someone}`)],
    ['kesFindAddress', clean.replace('127.0.0.1', 'localhost')],
    ['kesFindTls', clean.replace('  cert: kes.crt\n', '')],
    ['kesFindAuthWord', clean.replace('"off"\npolicy', 'true\npolicy')],
    ['kesFindAuthUnknown', guideFile],
    ['kesFindAuthSystem', clean.replace('auth: "off"', 'auth: on')],
    ['kesFindProxy', clean.replace('  auth: "off"', `  proxy:\n    identities:\n      - ${another}`)],
    ['kesFindProxyEmpty', clean.replace('  auth: "off"', '  proxy:\n    identities: []')],
    ['kesFindCacheUnused', clean.replace('    unused: 20s\n', '')],
    ['kesFindDuration', clean.replace('20s', '20')],
    ['kesFindLogWord', clean.replace('error: "on"', 'error: LOUD')],
    ['kesFindAudit', clean.replace('  audit: "off"\n', '')],
    ['kesFindApiRoute', `${clean}api:\n  /v1/nothing:\n    timeout: 5s\n`],
    ['kesFindApiSlash', `${clean}api:\n  /v1/key/generate:\n    skip_auth: true\n`],
    ['kesFindSkipAuth', `${clean}api:\n  /v1/key/generate/:\n    skip_auth: true\n`],
    ['kesFindSkipHarmless', `${clean}api:\n  /v1/ready:\n    skip_auth: true\n`],
    ['kesFindSkipWord', `${clean}api:\n  /v1/ready:\n    skip_auth: ja\n`],
    ['kesFindKeys', `${clean}keys:\n  - name: minio-a\n`],
    ['kesFindKeyTwice', `${clean}keys:\n  - name: minio-a\n  - name: minio-a\n`],
    ['kesFindKeyName', `${clean}keys:\n  - name: minio-\n`],
    ['kesFindPolicyName', clean.replace('  minio:', '  mi.nio:')],
    ['kesFindNoRules', clean.replace(/ {4}allow:\n.*\n.*\n/, '')],
    ['kesFindNobody', clean.replace(/ {4}identities:\n.*\n/, '')],
    ['kesFindTwicePolicy', clean.replace('cache:', `  other:\n    allow: [/v1/status]\n    identities: ["${someone}"]\ncache:`)],
    ['kesFindIdentityForm', clean.replace(someone, 'all')],
    ['kesFindIdentityCase', clean.replace(someone, someone.toUpperCase())],
    ['kesFindPublicPlay', clean.replace(someone, '3ecfcdf38fcbe141ae26a1030f81e96b753365a46760ae6b578698a97c59fd22')],
    ['kesFindPublicKey', clean.replace('disabled', 'cf6c535e738c1dd47a1d746366fde7f0309d1e0a8471b9f6e909833906afbbfa')],
    ['kesFindPublicSample', clean.replace(someone, 'c84cc9b91ae2399b043da7eca616048d4b4200edf2ff418d8af3835911db945d')],
    ['kesFindRuleReference', clean.replace('/v1/key/list/*', '$' + '{RULE}')],
    ['kesFindListBare', clean.replace('/v1/key/list/*', '/v1/key/list')],
    ['kesFindAllowNever', clean.replace('/v1/key/list/*', '/v1/key/*/minio-a')],
    ['kesFindDenyNever', clean.replace('identities:', 'deny: [/v1/key/*/secret-x]\n    identities:')],
    ['kesFindAllowAll', clean.replace('/v1/key/list/*', '/v1/key/*')],
    ['kesFindRuleNothing', clean.replace('/v1/key/list/*', '/v2/key/*')],
    ['kesFindNoStore', clean.replace(/keystore:[\s\S]*/, '')],
    ['kesFindTwoStores', `${clean}  fs:\n    path: /x\n`],
    ['kesFindStoreGone', clean.replace(/vault:[\s\S]*/, 'generic:\n    endpoint: https://x:1\n')],
    ['kesFindStoreMissing', clean.replace('    endpoint: https://127.0.0.1:8200\n', '')],
    ['kesFindStoreGroup', clean.replace(/ {6}secret:.*\n/, '')],
    ['kesFindFs', clean.replace(/vault:[\s\S]*/, 'fs:\n    path: /x\n')],
    ['kesFindGcpEndpoint', clean.replace(/vault:[\s\S]*/, 'gcp:\n    secretmanager:\n      project_id: p\n      endpoint: x:443\n')],
    ['kesFindUrlLogin', clean.replace('https://127', 'https://root:pass@127')],
    ['kesFindHttp', clean.replace('https:', 'http:')],
    ['kesFindVaultVersion', clean.replace('    version: v1\n', '')],
    ['kesFindVaultVersionWord', clean.replace('    version: v1\n', '    version: 1\n')],
    ['kesFindTwoLogins', clean.replace('    approle:', '    kubernetes:\n      role: r\n      jwt: /var/token\n    approle:')],
    ['kesFindNoLogin', clean.replace(/ {4}approle:[\s\S]*/, '')],
    ['kesFindPaths', clean.replace('allow:', 'paths:')],
  ])('finds %s', (code, text) => {
    expect(codes(clean)).not.toContain(code);
    expect(text).not.toBe(clean);
    expect(codes(text)).toContain(code);
  });

  it('does not stop at rules of today’s form that are merely useless, as in the sample of KES itself', () => {
    const text = clean.replace(
      '      - /v1/key/list/*',
      '      - /v1/policy/show/my-app\n      - /v1/identity/assign/my-app/*\n      - /v1/log/audit/trace',
    );
    const { matching, findings, config } = readKesConfig(text);
    expect(matching).toBe('prefix');
    expect(findings.map(({ today, text: { code } }) => [today, code])).toEqual(Array(3).fill(['ignores', 'kesFindRuleGone']));
    expect(blockers(findings)).toEqual([]);
    expect(readKesConfig(writeKesConfig(config)).config).toEqual(config);
  });

  it('takes secrets out of places where they do not belong, too', () => {
    const apiKey = 'kes:v1:ACQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp1KlYxFVw';
    const text = guideFile
      .replace(someone, `${apiKey}\n    - {secret: TRACER-map}`)
      .concat(
        'keystore:\n  aws:\n    secretsmanager:\n      credentials:\n        secretkey: TRACER-second\n      endpoint: [TRACER-list]\n',
      );
    const { shown, config, findings, secrets } = readKesConfig(text);
    expect(JSON.stringify([shown, config, findings])).not.toMatch(/TRACER|kes:v1:A/);
    expect(config.policies[0]?.identities).toEqual(['0426fa9a04bc2756b92fbe8a97e1a1e07b53ecf04ed33da22c33e5c9faeb8cbb']);
    expect(findings.map(({ text: { code } }) => code)).toEqual(expect.arrayContaining(['kesFindApiKey', 'kesFindTwoStores']));
    expect([...secrets.keys()]).toEqual(['KES_APPROLE_SECRET', 'KES_AWS_SECRETKEY']);
    expect(shown.split('\n').length).toBe(text.split('\n').length);
  });

  it('finds a variable that the server’s environment lacks', () => {
    expect(codes(clean, { environment: ['PATH'] })).toEqual(['kesFindNoVariable']);
    expect(codes(clean, { environment: ['KES_APPROLE_SECRET'] })).toEqual([]);
  });

  it('says old rules in today’s words, and which cannot be said', () => {
    const rules = [
      '/v1/key/*/app-x',
      '/v1/key/list',
      '/v1/log/audit/trace',
      '/v1/policy/write/*',
      '/v1/key/generate/a?c',
      '/v1/key/*',
      '/v1/key/delete/a[',
      '/v1/key/create/minio-*',
    ];
    const text = clean
      .replace(/ {6}- \/v1.*\n {6}- \/v1.*\n/, rules.map((rule) => `      - "${rule}"\n`).join(''))
      .replace('allow:', 'paths:');
    const { config, findings } = readKesConfig(text);
    expect(config.policies[0]?.allow).toEqual([
      ...['create', 'import', 'describe', 'delete', 'generate', 'encrypt', 'decrypt', 'hmac'].map((verb) => `/v1/key/${verb}/app-x`),
      '/v1/key/list/*',
      '/v1/log/audit',
      '/v1/key/generate/a*',
      '/v1/key/create/minio-*',
    ]);
    expect(findings.map(({ text: { code } }) => code)).toEqual([
      'kesFindPaths',
      'kesFindRuleExpanded',
      'kesFindRuleRewritten',
      'kesFindRuleRewritten',
      'kesFindRuleGone',
      'kesFindAllowWidened',
      'kesFindRuleNothing',
      'kesFindRuleBroken',
    ]);
  });

  it.each([
    ['a tab', 'tls:\n\tkey: x\n', 'kesYamlTab', 2],
    ['a key that stands twice', 'a: 1\nlog:\n  error: on\nlog:\n  audit: on\n', 'kesYamlTwice', 4],
    ['an anchor', 'policy:\n  a: &x\n    allow: []\n  b: *x\n', 'kesYamlReference', 3],
    ['two documents', 'a: 1\n---\nb: 2\n', 'kesYamlMany', 2],
    ['a list', '- a\n', 'kesYamlNotMap', 1],
    ['an open bracket', 'a: 1\nb: [\n', 'kesYamlBroken', 3],
    ['a control character', 'a: 1\nb: \u0007\n', 'kesYamlBroken', 2],
    ['brackets without end', `a: ${'['.repeat(50_000)}${']'.repeat(50_000)}\n`, 'kesYamlBroken', 1],
    ['references that multiply', 'a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n', 'kesYamlReference', 1],
  ])('refuses %s with its line, and quotes nothing', (_name, text, code, line) => {
    expect(() => readKesConfig(text)).toThrow(expect.objectContaining({ code, details: expect.objectContaining({ line }) }));
  });

  it('refuses what is too large, and takes what is hostile but small', () => {
    expect(() => readKesConfig(`a: ${'x'.repeat(1_000_001)}`)).toThrow(expect.objectContaining({ code: 'kesYamlLarge' }));
    const { config } = readKesConfig('policy:\n  __proto__:\n    allow: [/v1/status]\napi:\n  __proto__:\n    skip_auth: true\n');
    expect(config.policies.map(({ name }) => name)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).skip_auth).toBeUndefined();
    expect(readKesConfig('').config.policies).toEqual([]);
  });

  it('shows the text line for line without any secret, in comments and misplaced lines neither', () => {
    const text = guideFile
      .replace('keys:', 'keys: # secret: TRACER-old-one')
      .replace('      retry', '      token: TRACER-misplaced\n      retry')
      .replace('# of the role kes-role', '# was TRACER-5f2e-secret, key kes:v1:AGaV6VXHasF0FnaB60WdCOeTZ8eTIDikL4zlN16c8NAs')
      .replace('https://127', 'https://root:TRACER-url@127')
      .concat(
        '  gcp:\n    secretmanager:\n      credentials:\n        private_key: |\n          -----BEGIN PRIVATE KEY-----\n          TRACER-line-1\n          TRACER-line-2\n# the end\n',
      );
    const { shown, secrets, findings, config } = readKesConfig(text);
    expect(JSON.stringify([shown, findings])).not.toMatch(/TRACER|kes:v1:/);
    expect(shown.split('\n').length).toBe(text.split('\n').length);
    expect(shown.split('\n').at(-2)).toBe('# the end');
    expect([...secrets.keys()]).toEqual(['KES_APPROLE_SECRET', 'KES_GCP_PRIVATE_KEY']);
    expect(JSON.stringify(config)).not.toContain('TRACER-5f2e');
    // Read again, it means the same.
    expect(readKesConfig(shown).config.keyStore?.values['approle.secret']).toBe('$' + '{KES_APPROLE_SECRET}');
  });

  it('says in both languages what it says', () => {
    for (const code of ['kesFindPaths', 'kesFindCacheUnused'] as const) {
      expect(messages.en.texts[code]).not.toBe(messages['zh-CN'].texts[code]);
    }
  });

  it('shows no private key that was left in a comment, or in a place where none belongs', () => {
    const lines = ['-----BEGIN PRIVATE KEY-----', 'TRACERone', 'TRACERtwo', '-----END PRIVATE KEY-----'];
    const text = `# old:\n${lines.map((line) => `#   ${line}\n`).join('')}address: 0.0.0.0:7373\ntls:\n  key: |\n${lines.map((line) => `    ${line}\n`).join('')}  cert: a.crt\n`;
    const { shown, config } = readKesConfig(text);
    expect(JSON.stringify([shown, config])).not.toContain('TRACER');
    expect(shown.split('\n').length).toBe(text.split('\n').length);
    expect(shown).toContain('  cert: a.crt');
  });

  it('shows what follows on two that are hidden in each other as it stands', () => {
    const text = 'keystore:\n  vault: "TRACER-a-long-value"\naddress: 0.0.0.0:7373\n';
    expect(readKesConfig(text).shown).toContain('\naddress: 0.0.0.0:7373\n');
  });

  it.each([
    ['names that nobody knows', Array.from({ length: 20_000 }, (_, at) => `k${at}: 1`).join('\n')],
    ['words in a comment', `address: :7373 # ${'secret'.repeat(20_000)}`],
    ['signs of an address in a comment', `address: :7373 # ://${':'.repeat(200_000)}`],
    ['stars in a rule', `root: x\npolicy:\n  a:\n    paths:\n      - "${'*a'.repeat(100_000)}"`],
  ])('is read where it has very many %s', (_what, text) => {
    expect(readKesConfig(text).findings.length).toBeGreaterThan(0);
  });
});
