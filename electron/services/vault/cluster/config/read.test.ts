import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../../clients/vault/configText.ts';
import { readConfig } from './read.ts';

/** As the Chinese guide prints it. */
const guide = `{
  "api_addr": "https://127.0.0.1:8200",
  "backend": {
    "file": {
      "path": "vault/file"
    }
  },
  "default_lease_ttl": "168h",
  "max_lease_ttl": "720h",
  "listener": {
    "tcp": {
      "address": "0.0.0.0:8200",
      "tls_cert_file": "vault-tls.crt",
      "tls_key_file": "vault-tls.key",
      "tls_min_version": "tls12"
    }
  }
}
`;
const told = (content: string, product: 'openbao' | 'vault' = 'vault', folder?: string) =>
  readConfig({ content, product, ...(folder === undefined ? {} : { folder }) });
const lineOf = (read: ReturnType<typeof told>, path: string) => read.lines.find((line) => line.path === path);

describe('the guide’s vault-config.json', () => {
  it('is read line by line: the old name, the relative paths, what stays', () => {
    const read = told(guide, 'vault', '/srv/vault');
    expect(read.form).toBe('json');
    expect(read.lines.map(({ line, path, level }) => `${line} ${path} ${level}`)).toEqual([
      '2 api_addr ok',
      '4 backend.file outdated',
      '5 backend.file.path outdated',
      '8 default_lease_ttl ok',
      '9 max_lease_ttl ok',
      '11 listener.tcp ok',
      '12 listener.tcp.address ok',
      '13 listener.tcp.tls_cert_file outdated',
      '14 listener.tcp.tls_key_file outdated',
      '15 listener.tcp.tls_min_version ok',
    ]);
    expect(lineOf(read, 'backend.file')).toMatchObject({ says: { code: 'vaultConfigBackend' }, today: 'storage "file"' });
    expect(lineOf(read, 'backend.file.path')).toMatchObject({ today: 'path = "/srv/vault/vault/file"' });
    expect(lineOf(read, 'listener.tcp.address')).toMatchObject({ says: { code: 'vaultConfigEverywhere' } });
    expect(read.missing.map(({ line }) => line)).toEqual(['disable_mlock = true', 'cluster_addr = "https://127.0.0.1:8201"']);
  });

  it('reads the same again from today’s file, with nothing old left', () => {
    const { today } = told(guide, 'vault', '/srv/vault');
    const again = told(today);
    expect(again.form).toBe('hcl');
    expect(again.missing).toEqual([]);
    expect(again.lines.filter(({ level }) => level !== 'ok').map(({ path }) => path)).toEqual(['storage.file']);
    expect(lineOf(again, 'storage.file.path')?.value).toBe('/srv/vault/vault/file');
    expect(lineOf(again, 'max_lease_ttl')?.value).toBe('720h');
  });

  it('does not start on OpenBao, which has no file storage: today’s file is raft, and the data must be moved', () => {
    const read = told(guide, 'openbao');
    expect(lineOf(read, 'backend.file')).toMatchObject({ level: 'danger', says: { code: 'vaultConfigStorageGone' } });
    expect(read.today).toContain('storage "raft"');
    expect(read.notes.map(({ code }) => code)).toContain('vaultConfigNoteMigrate');
    expect(read.missing.map(({ line }) => line)).toEqual(['cluster_addr = "https://127.0.0.1:8201"']);
  });
});

describe('a configuration in HCL', () => {
  it('is read with labels, blocks that repeat, comments, lists and here-documents', () => {
    const { entries } = parseConfig(`# one
storage "raft" {
  path = "/data" // two
  retry_join { leader_api_addr = "https://a:8200" }
  retry_join { leader_api_addr = "https://b:8200" }
}
listener "tcp" { address = "127.0.0.1:8200" }
/* three
lines */
list = ["a", "b",]
text = <<EOF
one
two
EOF
number = -5
`);
    expect(entries.map(({ key, line }) => `${line} ${key}`)).toEqual(['2 storage', '7 listener', '10 list', '11 text', '15 number']);
    expect(entries[2]?.value).toEqual(['a', 'b']);
    expect(entries[3]?.value).toBe('one\ntwo');
  });

  it.each([
    ['listener "tcp" {\n  tls_disable = 1\n}', 'listener.tcp.tls_disable', 'danger', 'vaultConfigNoTls'],
    ['listener "tcp" {\n  tls_disable = "true"\n}', 'listener.tcp.tls_disable', 'danger', 'vaultConfigNoTls'],
    ['listener "tcp" {\n  tls_min_version = "tls10"\n}', 'listener.tcp.tls_min_version', 'danger', 'vaultConfigOldTls'],
    [
      'listener "tcp" {\n  tls_prefer_server_cipher_suites = true\n}',
      'listener.tcp.tls_prefer_server_cipher_suites',
      'ignored',
      'vaultConfigIgnored',
    ],
    ['api_addr = "http://127.0.0.1:8200"', 'api_addr', 'danger', 'vaultConfigPlainAddress'],
    ['seal "transit" {\n  token = "s.abc"\n}', 'seal.transit.token', 'danger', 'vaultConfigSecret'],
    ['storage "consul" {\n  token = "x"\n}', 'storage.consul.token', 'danger', 'vaultConfigSecret'],
    ['foo_bar = 1', 'foo_bar', 'ignored', 'vaultConfigUnknown'],
    ['license_path = "/x"', 'license_path', 'ignored', 'vaultConfigEnterprise'],
    ['disable_mlock = true', 'disable_mlock', 'ok', 'vaultConfigMlockOff'],
  ])('says of %j: %s %s', (content, path, level, code) => {
    expect(lineOf(told(content), path)).toMatchObject({ level, says: { code } });
  });

  it('finds a setting that stands twice, on its second line', () => {
    const read = told('disable_mlock = true\nui = true\ndisable_mlock = true\n');
    expect(read.lines.filter(({ level }) => level === 'danger')).toMatchObject([
      { line: 3, path: 'disable_mlock', says: { code: 'vaultConfigTwice' } },
    ]);
    expect(read.today.match(/disable_mlock/g)).toHaveLength(1);
  });

  it('shows no secret, and writes none', () => {
    const read = told(
      'seal "transit" {\n  token = "s.abcdefgh"\n  key_name = "k"\n}\nstorage "postgresql" {\n  connection_url = "postgres://u:pw@h/d"\n}\n',
    );
    expect(JSON.stringify(read)).not.toMatch(/s\.abcdefgh|pw@h/);
    expect(read.notes).toMatchObject([
      { code: 'vaultConfigNoteSecrets', params: { names: 'seal.transit.token, storage.postgresql.connection_url' } },
    ]);
  });

  it('ignores mlock on OpenBao, which has none', () => {
    const read = told('disable_mlock = true', 'openbao');
    expect(lineOf(read, 'disable_mlock')?.level).toBe('ignored');
    expect(read.today).not.toContain('disable_mlock');
  });

  it.each([
    ['storage "raft" {\n  path = \n}', 3],
    ['{"a": }', 1],
    ['a = "open', 1],
    ['storage "raft" {', 1],
    ['a = 1\n???', 2],
    ['{"a": 1} trailing', 1],
  ])('names the line of what it cannot read: %j', (content, line) => {
    expect(() => parseConfig(content)).toThrowError(
      expect.objectContaining({ code: 'vaultConfigUnread', details: expect.objectContaining({ line }) }),
    );
  });

  it.each([
    ['a string that is cut off among references', `a = "${'\x24{b}'.repeat(60)}\n`],
    ['references that are never closed', `a = "${'${'.repeat(60_000)}`],
    ['blocks in blocks without end', 'a {'.repeat(60_000)],
    ['labels without end', 'a '.repeat(90_000)],
    ['lists in JSON without end', `{"a":${'{"a":'.repeat(40_000)}`],
    ['comments that are never closed', '/*'.repeat(90_000)],
  ])('refuses at once: %s', (_name, content) => {
    expect(() => parseConfig(content)).toThrowError(expect.objectContaining({ code: 'vaultConfigUnread' }));
  });

  it.each([
    "token = 'hvs.CAESIJ0123456789'",
    'token = hvs.CAESIJ0123456789',
    'token hvs.CAESIJ0123456789',
    'a = ["hvs.CAESIJ0123456789" = 1]',
    'token = "hvs.CAESIJ0123456789',
  ])('tells nothing of a value that it cannot read: %s', (content) => {
    let told: unknown;
    try {
      parseConfig(content);
    } catch (error) {
      told = error;
    }
    expect(told).toMatchObject({ code: 'vaultConfigUnread' });
    expect(JSON.stringify((told as { details: unknown }).details)).not.toContain('hvs');
  });

  it('writes a name of any signs as one name', () => {
    const read = told('{"telemetry": {"a\\nlistener \\"tcp\\" {}": 1, "usage_gauge_period": "10m"}}');
    expect(parseConfig(read.today).entries.map(({ key }) => key)).not.toContain('listener');
    expect(read.today).toContain('usage_gauge_period = "10m"');
  });
});
