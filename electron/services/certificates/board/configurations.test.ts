import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import { kesFacts, minioFacts, vaultFacts } from './configurations.ts';
import { policiesIn } from './identities.ts';
import { allowBeside, forbid } from './policyFile.ts';
import { withVaultCa } from './trustChange.ts';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];
const yaml = `# Ours
version: v1
admin:
  identity: ${c}
tls: {key: kes.key, cert: /etc/kes/kes.crt, auth: "on"}
policy:
  minio:   # the server
    allow:
    - /v1/key/create/minio-*
    identities:
    - "${a}"  # MinIO
    - \${OTHER}
  other:
    identities: [${b}]
keystore:
  vault:
    endpoint: https://127.0.0.1:8200
    approle: {id: x, secret: "very secret"}
    tls:
      ca: /etc/kes/vault-ca.crt # company
`;

describe('KES’s configuration', () => {
  it('tells who is named in which line, and whom it believes about Vault, and no secret', () => {
    const facts = kesFacts(yaml);
    expect(facts).toMatchObject({
      auth: true,
      endpoint: { value: 'https://127.0.0.1:8200', line: 17 },
      vaultCa: { value: '/etc/kes/vault-ca.crt', line: 20 },
      certFile: { value: '/etc/kes/kes.crt', line: 5 },
    });
    expect(policiesIn(facts, a, 'kes.yaml')).toEqual([{ name: 'minio', file: 'kes.yaml', line: 11, live: false }]);
    expect(policiesIn(facts, b, 'kes.yaml')).toEqual([{ name: 'other', file: 'kes.yaml', line: 14, live: false }]);
    expect(policiesIn(facts, c, 'kes.yaml')).toEqual([{ name: 'admin', file: 'kes.yaml', line: 4, live: false }]);
    expect(policiesIn(facts, 'd'.repeat(64), 'kes.yaml')).toEqual([]);
    expect(JSON.stringify(facts)).not.toContain('very secret');
  });

  it('that is broken, or has no policies, says nothing', () => {
    for (const content of ['policy: [', 'a: b', '', 'policy: 5', 'policy: {x: {identities: y}}'])
      expect(kesFacts(content).identities).toEqual([]);
  });
});

describe('an identity in KES’s policies', () => {
  const fresh = 'd'.repeat(64);
  const identities = (content: string): unknown =>
    Object.values(parse(content).policy as Record<string, { identities: string[] }>).map((one) => one.identities);

  it('comes in beside the known one, in both ways to write a list, and goes again without a trace', () => {
    const beside = allowBeside(yaml, a, fresh, 'kes.yaml');
    expect(identities(beside)).toEqual([[a, fresh, '${' + 'OTHER}'], [b]]);
    expect(beside).toContain(`    - "${a}"  # MinIO\n    - "${fresh}"\n`);
    expect(allowBeside(beside, a, fresh, 'kes.yaml')).toBe(beside);
    expect(forbid(beside, fresh)).toBe(yaml);
    const inLine = allowBeside(yaml, b, fresh, 'kes.yaml');
    expect(identities(inLine)).toEqual([
      [a, '${' + 'OTHER}'],
      [b, fresh],
    ]);
    expect(forbid(inLine, fresh)).toBe(yaml);
    expect(identities(forbid(inLine, b))).toEqual([[a, '${' + 'OTHER}'], [fresh]]);
    expect(forbid(yaml, fresh)).toBe(yaml);
  });

  it('at the end of a file without a last line break, and with Windows line ends, stays a list', () => {
    const short = `policy:\n  m:\n    identities:\n    - ${a}`;
    expect(identities(allowBeside(short, a, fresh, 'x'))).toEqual([[a, fresh]]);
    const windows = yaml.replaceAll('\n', '\r\n');
    expect(identities(forbid(allowBeside(windows, a, fresh, 'x'), a))).toEqual([[fresh, '${' + 'OTHER}'], [b]]);
  });

  it('that is not there cannot have one beside it', () => {
    try {
      allowBeside(yaml, fresh, 'e'.repeat(64), 'kes/kes.yaml');
      expect.unreachable();
    } catch (error) {
      expect(isAppError(error, 'boardIdentityUnnamed')).toBe(true);
    }
  });
});

it('the file that KES believes about Vault is exchanged, and nothing else', () => {
  const changed = withVaultCa(yaml, '/srv/my lab/certs/trust/public-vault.crt');
  expect((parse(changed) as { keystore: { vault: { tls: { ca: string } } } }).keystore.vault.tls.ca).toBe(
    '/srv/my lab/certs/trust/public-vault.crt',
  );
  expect(changed.replace('"/srv/my lab/certs/trust/public-vault.crt"', '/etc/kes/vault-ca.crt')).toBe(yaml);
  expect(withVaultCa('keystore: {fs: {path: x}}\n', '/x')).toBe('keystore: {fs: {path: x}}\n');
});

it('MinIO’s environment tells every KES and the line that counts', () => {
  const content =
    '# old\nMINIO_KMS_KES_ENDPOINT=https://old:7373\nexport MINIO_KMS_KES_ENDPOINT="https://a:7373, https://b:7373,"\nMINIO_KMS_KES_CAPATH=/etc/ca\n';
  expect(minioFacts(content)).toEqual({
    endpoints: [
      { value: 'https://a:7373', line: 3 },
      { value: 'https://b:7373', line: 3 },
    ],
    caPath: { value: '/etc/ca', line: 4 },
  });
  expect(minioFacts('')).toEqual({ endpoints: [] });
});

it('Vault’s api_addr is found in HCL and JSON, and not in a comment', () => {
  const hcl = '# api_addr = "https://no:1"\nui = true\napi_addr  = "https://v:8200"\nlistener "tcp" {\n  tls_cert_file = "/etc/v.crt"\n}\n';
  expect(vaultFacts(hcl)).toEqual({ apiAddr: { value: 'https://v:8200', line: 3 }, certFile: { value: '/etc/v.crt', line: 5 } });
  const json = '{\n  "api_addr": "https://v:8200",\n  "listener": {"tcp": {"tls_cert_file": "v.crt"}}\n}';
  expect(vaultFacts(json)).toEqual({ apiAddr: { value: 'https://v:8200', line: 2 }, certFile: { value: 'v.crt', line: 3 } });
});
