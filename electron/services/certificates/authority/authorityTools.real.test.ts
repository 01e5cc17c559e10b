import { execFile } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureServers } from '../../../../servers/get.ts';
import { keyType } from '../../../../shared/certificates.ts';
import { Secret } from '../../../../shared/secret.ts';
import { createTestAuthority, openssl, type TestAuthority } from './authority.testSupport.ts';
import { openKey } from './keyFile.ts';

const stackId = 'test';
const word = new Secret('correct horse 4711');
const hosts = ['kes.example.com', 'localhost', '127.0.0.1', '::1'];
const subject = { commonName: 'kes.example.com' };

/**
 * What zlint says of certificates that no public CA issued, and why it is right here. zlint judges by the rules of the CA/Browser
 * Forum and of Mozilla, which bind public CAs only; a private CA has no policy, no OCSP and no CRL address to name.
 */
const explained: Readonly<Record<string, string>> = {
  e_ca_country_name_missing: 'public CAs must name their country; a local one may, in the form',
  e_ca_organization_name_missing: 'public CAs must name their organisation; a local one may, in the form',
  e_sub_ca_certificate_policies_missing: 'there is no public certificate policy',
  e_sub_ca_crl_distribution_points_missing: 'nothing is revoked by list: KES knows identities by their policy',
  e_sub_cert_certificate_policies_missing: 'there is no public certificate policy',
  e_sub_cert_cert_policy_empty: 'there is no public certificate policy',
  e_sub_cert_aia_missing: 'no address to fetch the issuer from: the chain is sent along',
  e_sub_cert_aia_does_not_contain_ocsp_url: 'no OCSP responder',
  e_ext_san_contains_reserved_ip: 'loopback and private addresses are what the servers are called by',
  e_dnsname_not_valid_tld: 'names such as localhost are what the servers are called by',
  e_subject_common_name_not_exactly_from_san: 'a common name is for people here: TLS looks at the names alone',
  e_signature_algorithm_not_supported: 'public CAs may not use Ed25519; Go and OpenSSL read it',
  e_algorithm_identifier_improper_encoding: 'Mozilla lists no Ed25519; its encoding is that of RFC 8410',
};
/** What binds public CAs alone; without it the RFCs are left. */
const publicRules = 'CABF_BR,CABF_EV,CABF_SMIME_BR,ETSI_ESI,Mozilla,Apple,Community';

async function zlint(file: string, ...options: string[]): Promise<string[]> {
  const { zlint: binary } = await ensureServers(['zlint']);
  const { stdout } = await promisify(execFile)(binary, [...options, file], { maxBuffer: 10_000_000 });
  const lints = JSON.parse(stdout) as Record<string, { result: string }>;
  expect(Object.keys(lints).length).toBeGreaterThan(20);
  return Object.entries(lints).flatMap(([name, { result }]) => (result === 'error' || result === 'fatal' ? [name] : []));
}

let authority: TestAuthority;
const call = (): TestAuthority['call'] => authority.call;
beforeAll(async () => {
  authority = await createTestAuthority();
  await ensureServers(['zlint']);
}, 300_000);
afterAll(() => authority.remove());

describe.each(keyType.options)('a root, an intermediate and their certificates with %s keys', (type) => {
  const lower = type.toLowerCase();
  const files = {
    root: `certs/authority/root-${lower}.crt`,
    intermediate: `certs/authority/intermediate-${lower}.crt`,
    server: `certs/made/server-${lower}.crt`,
    client: `certs/made/client-${lower}.crt`,
    own: `certs/made/own-${lower}.crt`,
  };

  beforeAll(async () => {
    const common = { keyType: type };
    const leaf = { what: 'leaf', ...common, subject, issuer: files.intermediate };
    await authority.make({ what: 'authority', ...common, name: `root-${lower}`, subject: { commonName: `Root ${type}` }, pathLength: 1 });
    await authority.make({
      what: 'authority',
      ...common,
      name: `intermediate-${lower}`,
      subject: { commonName: `Intermediate ${type}`, organisation: '示例公司', country: 'DE' },
      days: 1825,
      issuer: files.root,
    });
    await authority.make({ ...leaf, name: `server-${lower}`, use: 'server', hosts });
    await authority.make({ ...leaf, name: `client-${lower}`, use: 'client' });
    await authority.make({ what: 'leaf', ...common, name: `own-${lower}`, subject, use: 'server', hosts });
  }, 60_000);

  it('are accepted by openssl verify -x509_strict for every name and purpose, and for no other', async () => {
    const { path } = authority;
    const chain = ['-CAfile', path(files.root), '-untrusted', path(files.intermediate)];
    const verify = (...args: string[]): Promise<string> => openssl('verify', '-x509_strict', ...args);
    for (const host of hosts) {
      const name = /^[\d.]+$|:/.test(host) ? ['-verify_ip', host] : ['-verify_hostname', host];
      expect(await verify(...chain, '-purpose', 'sslserver', ...name, path(files.server))).toContain('OK');
      expect(await verify('-CAfile', path(files.own), '-purpose', 'sslserver', ...name, path(files.own))).toContain('OK');
    }
    expect(await verify(...chain, '-purpose', 'sslclient', path(files.client))).toContain('OK');
    await expect(verify(...chain, '-purpose', 'sslserver', path(files.client))).rejects.toThrow(/purpose/);
    await expect(verify(...chain, '-verify_hostname', 'other.example.com', path(files.server))).rejects.toThrow(/hostname mismatch/);
    await expect(verify('-CAfile', path(files.root), path(files.root).replace('root', 'nothing'))).rejects.toThrow();
    expect(new X509Certificate(await authority.read(files.client)).ca).toBe(false);
    expect(new X509Certificate(await authority.read(files.own)).ca).toBe(false);
  });

  it('have no error of zlint that is not explained, and none at all by the standards alone', async () => {
    const seen = new Set<string>();
    for (const file of Object.values(files)) {
      for (const name of await zlint(authority.path(file))) seen.add(name);
      expect(await zlint(authority.path(file), '-excludeSources', publicRules)).toEqual([]);
    }
    expect([...seen].filter((name) => !(name in explained))).toEqual([]);
  });

  it('go out as PKCS#12 that openssl opens, and come back in', async () => {
    const to = authority.path(`${lower}.p12`);
    const input = { stackId, file: files.server, format: 'pkcs12', to, protection: 'pkcs8', passphrase: word } as const;
    const { mode } = await authority.handlers['certificates.exportWithKey'](input, call());
    expect(mode).toBe('0600');
    const info = await openssl('pkcs12', '-in', to, '-info', '-passin', `pass:${word.reveal()}`, '-nodes');
    expect(info).toMatch(/MAC: sha256/);
    expect(info).toContain(`friendlyName: server-${lower}`);
    expect(info).toMatch(/PBES2, PBKDF2, AES-256-CBC/);
    // The base64 of a key may spell anything.
    expect(info.replace(/-----BEGIN[\s\S]*?-----END.*/g, '')).not.toMatch(/RC2|3DES|SHA1And/);
    const key = await authority.read(files.server.replace('.crt', '.key'));
    expect(info).toContain('-----BEGIN PRIVATE KEY-----');
    expect(createPrivateKey(info.slice(info.indexOf('-----BEGIN PRIVATE KEY')) as string).equals(createPrivateKey(key))).toBe(true);
    const back = {
      stackId,
      name: `back-${lower}`,
      content: authority.content(await readFile(to)),
      keyIn: 'store',
      protection: 'none',
    } as const;
    const { file } = await authority.handlers['certificates.importFile']({ ...back, password: word }, call());
    expect(await authority.read(file)).toBe(await authority.read(files.server));
    await expect(
      authority.handlers['certificates.importFile']({ ...back, name: 'again', password: new Secret('wrong password') }, call()),
    ).rejects.toMatchObject({ code: 'certificatePasswordWrong' });
  });

  it('come in from the PKCS#12 files of openssl, today’s and the old ones, whose weak modes are named', async () => {
    const [key, cert] = [authority.path(files.client.replace('.crt', '.key')), authority.path(files.client)];
    const modes: [string[], string[]][] = [
      [[], []],
      [
        ['-legacy', '-descert'],
        ['SHA-1 MAC', '3DES'],
      ],
      [['-legacy'], ['SHA-1 MAC', 'RC2-40', '3DES']],
    ];
    for (const [options, weak] of modes) {
      const file = authority.path(`foreign-${lower}.pfx`);
      await openssl('pkcs12', '-export', ...options, '-inkey', key, '-in', cert, '-passout', 'pass:密码 pässwörd', '-out', file);
      const content = authority.content(await readFile(file));
      const name = 'foreign.pfx';
      const found = await authority.handlers['certificates.inspect']({ name, content, password: new Secret('密码 pässwörd') }, call());
      expect(found.keys).toEqual([found.certificates[0]?.identity]);
      const named = found.findings.flatMap(({ text }) =>
        text.code === 'certificateFindWeak' ? String(text.params?.modes).split(', ') : [],
      );
      expect(named.toSorted()).toEqual(weak.toSorted());
      const wrong = authority.handlers['certificates.inspect']({ name, content, password: new Secret('密码') }, call());
      await expect(wrong).rejects.toMatchObject({ code: 'certificatePasswordWrong' });
    }
  });

  it('have keys under a passphrase that openssl opens, and open those of openssl', async () => {
    const file = files.own.replace('.crt', '.key');
    const before = await authority.read(file);
    for (const [protection, head] of [
      ['rfc1423', /Proc-Type: 4,ENCRYPTED/],
      ['pkcs8', /BEGIN ENCRYPTED PRIVATE KEY/],
    ] as const) {
      const was = protection === 'pkcs8' ? { current: word } : {};
      const { evidence } = await authority.handlers['certificates.protectKey'](
        { stackId, file, protection, passphrase: word, ...was },
        call(),
      );
      expect(evidence.at(-1)).toMatchObject({ outcome: 'ok', answer: '0600' });
      expect(await authority.read(file)).toMatch(head);
      const opened = await openssl('pkey', '-in', authority.path(file), '-passin', `pass:${word.reveal()}`);
      expect(createPrivateKey(opened).equals(createPrivateKey(before))).toBe(true);
      await expect(openssl('pkey', '-in', authority.path(file), '-passin', 'pass:wrong')).rejects.toThrow();
    }
    await authority.handlers['certificates.protectKey']({ stackId, file, protection: 'none', current: word }, call());
    expect(await authority.read(file)).toBe(before);
    if (type === 'Ed25519') return;
    const old = await openssl('pkey', '-in', authority.path(file), '-traditional', '-aes256', '-passout', `pass:${word.reveal()}`);
    expect(old).toContain('Proc-Type: 4,ENCRYPTED');
    expect(openKey(old, word, 'old').equals(createPrivateKey(before))).toBe(true);
  });

  it('go out as PKCS#7 and DER that openssl reads', async () => {
    const files_ = authority.handlers['certificates.exportPublic'];
    const bundle = await files_({ stackId, file: files.server, format: 'pkcs7' }, call());
    await writeFile(authority.path('out.p7b'), Buffer.from(bundle.content, 'base64'));
    const listed = await openssl('pkcs7', '-in', authority.path('out.p7b'), '-print_certs');
    expect(listed.match(/BEGIN CERTIFICATE/g)?.length).toBe(2);
    const der = await files_({ stackId, file: files.server, format: 'der' }, call());
    await writeFile(authority.path('out.der'), Buffer.from(der.content, 'base64'));
    expect(await openssl('x509', '-inform', 'DER', '-in', authority.path('out.der'), '-noout', '-subject')).toContain('kes.example.com');
    const read = await authority.handlers['certificates.inspect'](
      { name: 'p7', content: authority.content(await readFile(authority.path('out.p7b'))) },
      call(),
    );
    expect(read.certificates.map(({ isCa }) => isCa)).toEqual([false, true]);
  });

  it('are asked for by a request that openssl req verifies', async () => {
    const { file } = await authority.make({ what: 'request', name: `asked-${lower}`, use: 'server', subject, keyType: type, hosts });
    const shown = await openssl('req', '-in', authority.path(file), '-verify', '-noout', '-text');
    expect(shown).toMatch(/verify OK/i);
    for (const word_ of ['DNS:kes.example.com', 'IP Address:127.0.0.1', 'TLS Web Server Authentication']) expect(shown).toContain(word_);
  });
});

describe('what is refused', () => {
  it('a CA below one that allows none, a name that is there, a server without names, weak PKCS#12', async () => {
    const common = { keyType: 'P-256', subject: { commonName: 'x' } };
    const root = 'certs/authority/intermediate-p-256.crt';
    await expect(authority.make({ what: 'authority', ...common, name: 'deep', issuer: root })).rejects.toMatchObject({
      code: 'certificatePathLength',
      details: { allowed: 0 },
    });
    await expect(authority.make({ what: 'authority', ...common, name: 'root-p-256' })).rejects.toMatchObject({
      code: 'certificateFileExists',
    });
    await expect(authority.make({ what: 'leaf', ...common, name: 'bare', use: 'server' })).rejects.toMatchObject({
      code: 'certificateNamesMissing',
    });
    const out = {
      stackId,
      file: 'certs/made/server-p-256.crt',
      to: authority.path('weak.p12'),
      passphrase: word,
      protection: 'pkcs8',
    } as const;
    for (const weak of ['RC2', '3DES', 'SHA-1 MAC'] as const)
      await expect(authority.handlers['certificates.exportWithKey']({ ...out, format: 'pkcs12', weak }, call())).rejects.toMatchObject({
        code: 'certificatePkcs12Weak',
        details: { mode: weak },
      });
    const plain = { ...out, file: 'certs/authority/root-p-256.crt', format: 'pem', protection: 'none' } as const;
    await expect(authority.handlers['certificates.exportWithKey'](plain, call())).rejects.toMatchObject({ code: 'certificateCaKeyPlain' });
    await expect(stat(authority.path('weak.p12'))).rejects.toThrow();
  });

  it('a request in place of a server that somebody else runs', async () => {
    const { context } = authority.stack;
    const before = context.stack;
    await context.update((stack) => ({
      ...stack,
      keyStores: stack.keyStores.map((one) => ({ ...one, nodes: one.nodes.map((node) => ({ ...node, way: 'api' as const })) })),
    }));
    const asked = { what: 'request', name: 'theirs', target: 'vault', use: 'server', subject, hosts };
    await expect(authority.plan(asked)).rejects.toMatchObject({ code: 'certificateTargetElsewhere' });
    expect((await authority.list()).targets).not.toContain('vault');
    await context.update(() => before);
  });

  it('a passphrase on a key that Sealdeck itself starts a server with', async () => {
    const { folder } = authority.stack.context;
    const key = await authority.read('certs/made/server-p-256.key');
    await folder.write('certs/kes.key', key, 0o600);
    const asked = { stackId, file: 'certs/kes.key', protection: 'rfc1423', passphrase: word } as const;
    await expect(authority.handlers['certificates.protectKey'](asked, call())).rejects.toMatchObject({
      code: 'certificateKeyStarted',
      details: { server: 'KES' },
    });
    expect(await authority.read('certs/kes.key')).toBe(key);
    await folder.remove('certs/kes.key');
  });

  it('what was looked into is taken in without being sent again, and not once it is gone', async () => {
    const content = authority.content(await authority.read('certs/made/client-ed25519.crt'));
    const { source } = await authority.handlers['certificates.inspect']({ name: 'a.pem', content }, call());
    const rest = { stackId, keyIn: 'file', protection: 'none' } as const;
    const { file } = await authority.handlers['certificates.importFile']({ ...rest, name: 'looked', source }, call());
    expect(await authority.read(file)).toBe(await authority.read('certs/made/client-ed25519.crt'));
    for (const input of [{ source: 'another' }, {}])
      await expect(authority.handlers['certificates.importFile']({ ...rest, name: 'gone', ...input }, call())).rejects.toMatchObject({
        code: 'certificateSourceGone',
      });
  });

  it('a key that is not of its certificate', async () => {
    const content = authority.content(
      (await authority.read('certs/made/server-p-256.crt')) + (await authority.read('certs/made/client-p-384.key')),
    );
    const taken = authority.handlers['certificates.importFile'](
      { stackId, name: 'mixed', content, keyIn: 'file', protection: 'none' },
      call(),
    );
    await expect(taken).rejects.toMatchObject({ code: 'certificateMismatch' });
  });
});

describe('a plan', () => {
  it('warns of what a platform would refuse, and of who reads a key under a passphrase', async () => {
    const base = { what: 'leaf', name: 'warned', use: 'server', subject, hosts: ['kes'] };
    const warned = async (input: object): Promise<unknown[]> => (await authority.plan(input)).warnings.map(({ code }) => code);
    expect(await warned(base)).toEqual(['certificatesSelfSigned', 'certificateWarnShortName']);
    expect(await warned({ ...base, days: 900, keyType: 'Ed25519' })).toEqual(
      expect.arrayContaining(['certificatesLong', 'certificatesEd25519']),
    );
    expect(await warned({ ...base, protection: 'rfc1423', passphrase: 'x' })).toContain('certificateReadersOld');
    expect(await warned({ ...base, protection: 'pkcs8', passphrase: 'x' })).toContain('certificateReadersNone');
    expect(await warned({ ...base, days: 5000, issuer: 'certs/authority/root-p-256.crt' })).toContain('certificateWarnCut');
    expect(await warned({ what: 'authority', name: 'warned', subject, days: 7000 })).toEqual([
      'certificateWarnCaLong',
      'certificateWarnNoIntermediate',
    ]);
    expect(await warned({ what: 'request', name: 'warned', use: 'client', subject })).toEqual(['certificateWarnPublicClient']);
  });

  it('shows openssl lines that make the same when they are run', async () => {
    const inputs = [
      { what: 'authority', name: 'by-hand', subject: { commonName: 'By hand' }, pathLength: 1, keyType: 'Ed25519' },
      { what: 'leaf', name: 'by-hand', use: 'server', subject, hosts },
      { what: 'leaf', name: 'by-hand-client', use: 'client', subject, keyType: 'RSA-2048' },
      { what: 'request', name: 'by-hand', use: 'server', subject, hosts },
    ];
    const said = async (file: string): Promise<string[]> => {
      const kind = file.endsWith('csr') ? 'req' : 'x509';
      const text = await openssl(kind, '-in', authority.path(file), '-noout', '-text');
      const lines = text
        .slice(text.search(/X509v3 extensions|Requested Extensions|Attributes/))
        .split('\n')
        .map((line) => line.trim());
      return lines.filter((line) => /^(?:CA:|DNS:|Digital|TLS Web|Certificate Sign|X509v3 (?:Basic|Key Usage|Ext))/.test(line)).toSorted();
    };
    for (const input of inputs) {
      const { commands, files } = await authority.plan(input);
      const file = files[0]?.path ?? '';
      await promisify(execFile)('bash', ['-e', '-c', commands.flatMap(({ line }) => line ?? []).join('\n')]);
      const byHand = await said(file);
      expect(byHand.length).toBeGreaterThan(1);
      await authority.stack.context.folder.remove(file);
      await authority.stack.context.folder.remove(file.replace(/\.\w+$/, '.key'));
      await authority.make(input);
      expect(await said(file)).toEqual(byHand);
    }
  });
});

it('the list tells of every file what it is, where its key lies, and stray copies and open modes', async () => {
  const { folder } = authority.stack.context;
  await folder.write('certs/copy.key', await authority.read('certs/made/server-p-256.key'), 0o644);
  const { files } = await authority.list();
  const find = (file: string) => files.find((one) => one.file === file);
  expect(find('certs/made/server-p-256.crt')).toMatchObject({
    format: 'pem',
    certificates: [
      { isCa: false, usages: ['serverAuth'], keyType: 'P-256', names: hosts },
      { isCa: true, pathLength: 0 },
    ],
    findings: [],
  });
  expect(find('certs/authority/root-p-256.crt')?.keys).toEqual([{ place: 'store', name: 'root-p-256', protection: 'none' }]);
  expect(find('certs/copy.key')?.findings.map(({ text }) => text.code)).toEqual(
    expect.arrayContaining(['certificateFindOpen', 'certificateFindCopies']),
  );
  await authority.handlers['certificates.closeKey']({ stackId, file: 'certs/copy.key' }, call());
  expect((await stat(authority.path('certs/copy.key'))).mode & 0o777).toBe(0o600);
});
