import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureServers } from '../../../../servers/get.ts';
import type { Secret } from '../../../../shared/secret.ts';
import { stopProcess, waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { freePort } from '../../../platform/ports.ts';
import { createTestAuthority, openssl, type TestAuthority } from './authority.testSupport.ts';

/** A company's CA is openssl here: root, issuing CA, and replies as such CAs send them. */
let authority: TestAuthority;
const stackId = 'test';
const at = (file: string): string => authority.path(file);

beforeAll(async () => {
  authority = await createTestAuthority();
  await authority.stack.context.folder.makeFolder('company', 0o700);
  const subject = (name: string): string[] => ['-subj', `/O=Company/CN=${name}`];
  await openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    at('company/root.pem.key'),
    '-out',
    at('company/root.pem'),
    '-days',
    '99',
    ...subject('Company Root'),
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  );
  await openssl(
    'req',
    '-new',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    at('company/sub.pem.key'),
    '-out',
    at('company/sub.csr'),
    ...subject('Company Issuing'),
  );
  await ext('sub', 'basicConstraints=critical,CA:TRUE,pathlen:0', 'keyUsage=critical,keyCertSign,cRLSign');
  await sign('company/sub.csr', 'company/sub.pem', 'root', 'sub', '90');
  await ext(
    'server',
    'basicConstraints=critical,CA:FALSE',
    'extendedKeyUsage=serverAuth,clientAuth',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  );
  await ext('client', 'extendedKeyUsage=clientAuth', 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  await ext('short', 'extendedKeyUsage=serverAuth', 'subjectAltName=DNS:localhost');
  await ext('ca', 'basicConstraints=critical,CA:TRUE', 'extendedKeyUsage=serverAuth', 'subjectAltName=DNS:localhost,IP:127.0.0.1');
}, 60_000);
afterAll(() => authority.remove());

async function ext(name: string, ...lines: string[]): Promise<void> {
  await writeFile(at(`company/${name}.ext`), `${lines.join('\n')}\n`);
}

/** As the company signs: `by` is its CA, `extensions` decide what the certificate is. */
async function sign(csr: string, out: string, by: 'root' | 'sub', extensions: string, days: string): Promise<void> {
  const dates = days === '-1' ? ['-not_before', '20240101000000Z', '-not_after', '20240201000000Z'] : ['-days', days];
  const ca = ['-CA', at(`company/${by}.pem`), '-CAkey', at(`company/${by}.pem.key`), '-set_serial', String(Date.now())];
  const args = ['-in', at(csr), '-out', at(out), ...ca, '-extfile', at(`company/${extensions}.ext`)];
  // `openssl x509 -req` of 3.0 knows no dates of its own.
  if (days === '-1') return signPast(csr, out, by, extensions);
  await openssl('x509', '-req', ...args, ...dates);
}

/** One that has ended: `openssl ca`, which takes dates, with its little database. */
async function signPast(csr: string, out: string, by: string, extensions: string): Promise<void> {
  await writeFile(at('company/index.txt'), '');
  await writeFile(
    at('company/ca.cnf'),
    `[ca]\ndefault_ca=c\n[c]\ndatabase=${at('company/index.txt')}\nnew_certs_dir=${at('company')}\ndefault_md=sha256\nrand_serial=yes\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n`,
  );
  await openssl(
    'ca',
    '-batch',
    '-notext',
    '-config',
    at('company/ca.cnf'),
    '-cert',
    at(`company/${by}.pem`),
    '-keyfile',
    at(`company/${by}.pem.key`),
    '-startdate',
    '20240101000000Z',
    '-enddate',
    '20240201000000Z',
    '-extfile',
    at(`company/${extensions}.ext`),
    '-in',
    at(csr),
    '-out',
    at(out),
  );
}

async function request(name: string, target = 'other', use = 'server') {
  const { file } = await authority.make({
    what: 'request',
    name,
    target,
    use,
    subject: { commonName: 'localhost' },
    hosts: use === 'server' ? ['localhost', '127.0.0.1'] : [],
  });
  const id = (await authority.list()).requests.find((one) => one.name === name)?.id ?? '';
  return { file, id };
}

const judged = async (id: string, content: Buffer | string, root?: Buffer | string) =>
  authority.handlers['certificates.readReply'](
    { stackId, id, content: authority.content(content), ...(root === undefined ? {} : { root: authority.content(root) as Secret }) },
    authority.call,
  );
const failed = (checks: readonly { outcome: string; text: { code: unknown } }[]): unknown[] =>
  checks.filter(({ outcome }) => outcome === 'fail').map(({ text }) => text.code);

/** A real KES serves the pair that was put in place, and the engine, which believes the company now, logs in there. */
async function expectKesServes(): Promise<void> {
  const { kes } = await ensureServers(['kes']);
  const { handlers, call, stack } = authority;
  const key = await handlers['kes.makeApiKey']({ stackId, name: 'tries' }, call);
  const port = await freePort();
  const url = `https://localhost:${port}`;
  const config = {
    version: 'v1',
    address: `127.0.0.1:${port}`,
    admin: { identity: key.identity },
    tls: { key: at('certs/kes.key'), cert: at('certs/kes.crt') },
    cache: { expiry: { any: '1s', unused: '1s' } },
    keystore: { fs: { path: at('kes-keys') } },
  };
  await writeFile(at('kes.yaml'), JSON.stringify(config), { mode: 0o600 });
  const child = spawn(kes, ['server', '--config', at('kes.yaml')], { stdio: 'ignore', env: { PATH: process.env.PATH ?? '' } });
  try {
    const nodes = [{ id: 'kes-1', url, way: 'here' as const }];
    await stack.context.update((document) => ({ ...document, kesClusters: document.kesClusters.map((one) => ({ ...one, nodes })) }));
    await waitUntil(async () => {
      const { evidence } = await handlers['kes.tryApiKey']({ stackId, id: key.id }, call);
      return evidence.every(({ outcome }) => outcome === 'ok');
    });
  } finally {
    await stopProcess(child);
  }
}

describe('a reply of a company’s CA', () => {
  it('fits as PEM in any order, as DER with the chain beside it, and as PKCS#7', async () => {
    const { file, id } = await request('forms');
    await sign(file, 'company/leaf.pem', 'sub', 'server', '60');
    const [root, sub, leaf] = await Promise.all(['root', 'sub', 'leaf'].map((name) => readFile(at(`company/${name}.pem`), 'utf8')));
    await openssl('x509', '-in', at('company/leaf.pem'), '-outform', 'DER', '-out', at('company/leaf.der'));
    const bundle = [
      'crl2pkcs7',
      '-nocrl',
      '-certfile',
      at('company/root.pem'),
      '-certfile',
      at('company/leaf.pem'),
      '-certfile',
      at('company/sub.pem'),
    ];
    await openssl(...bundle, '-out', at('company/all.p7b'));
    await openssl(...bundle, '-outform', 'DER', '-out', at('company/all.p7c'));
    const replies: [Buffer | string, (Buffer | string)?][] = [
      [`Bag Attributes\n${root}\nsome words\n${sub}${leaf}`],
      [`${leaf}`, `${sub}${root}`],
      [await readFile(at('company/leaf.der')), `${root}${sub}`],
      [await readFile(at('company/all.p7b'))],
      [await readFile(at('company/all.p7c'))],
    ];
    for (const [content, second] of replies) {
      const verdict = await judged(id, content, second);
      expect(failed(verdict.checks)).toEqual([]);
      expect(verdict.chain.map(({ subject }) => subject.split(',')[0])).toEqual(['CN=localhost', 'CN=Company Issuing', 'CN=Company Root']);
    }
    const rootless = await judged(id, `${leaf}${sub}`);
    expect(rootless.blocked).toBe(false);
    expect(rootless.checks.find(({ outcome }) => outcome === 'warn')?.text.code).toBe('certificateReplyNoRoot');
  });

  it.each([
    ['with the wrong purpose', 'client', '60', 'certificateReplyPurposeMissing'],
    ['without a name that was asked for', 'short', '60', 'certificateReplyNamesMissing'],
    ['that has ended', 'server', '-1', 'certificateReplyDatesOver'],
    ['that is a CA', 'ca', '60', 'certificateReplyIsCa'],
  ])('%s is refused and changes nothing', async (what, extensions, days, code) => {
    const { file, id } = await request(`bad-${extensions}${days}`, 'kes');
    await sign(file, 'company/bad.pem', 'sub', extensions, days);
    const content =
      (await readFile(at('company/bad.pem'), 'utf8')) +
      (await readFile(at('company/sub.pem'), 'utf8')) +
      (await readFile(at('company/root.pem'), 'utf8'));
    const verdict = await judged(id, content);
    expect(failed(verdict.checks), what).toContain(code);
    expect(verdict).toMatchObject({ blocked: true, changes: [] });
    const taken = authority.handlers['certificates.takeReply']({ stackId, id, content: authority.content(content) }, authority.call);
    await expect(taken).rejects.toMatchObject({ code: 'certificateReplyBlocked' });
    expect(await authority.read('certs/kes.crt')).toBe('');
    expect(await authority.read('certs/trust/kes.crt')).toBe('');
  });

  it('for another key, without its issuer, or that is garbage is refused with its reason', async () => {
    const [one, other] = [await request('one'), await request('other')];
    await sign(one.file, 'company/one.pem', 'sub', 'server', '60');
    const leaf = await readFile(at('company/one.pem'), 'utf8');
    const all = leaf + (await readFile(at('company/sub.pem'), 'utf8')) + (await readFile(at('company/root.pem'), 'utf8'));
    expect(failed((await judged(other.id, all)).checks)).toEqual(['certificateReplyOtherKey']);
    expect(failed((await judged(one.id, leaf)).checks)).toEqual(['certificateReplyNoIssuer']);
    await expect(judged(one.id, '<html>Your certificate is ready</html>')).rejects.toMatchObject({ code: 'certificateFileUnreadable' });
    await expect(judged(one.id, Buffer.alloc(1_000_001, 0x30))).rejects.toMatchObject({ code: 'certificateFileLarge' });
    await expect(judged('nothing', all)).rejects.toMatchObject({ code: 'certificateKeyUnknown' });
  });

  it('does not believe a root that only bears the name and the key id of the right one', async () => {
    const { file, id } = await request('impostor');
    await sign(file, 'company/leaf2.pem', 'sub', 'server', '60');
    const shown = await openssl('x509', '-in', at('company/root.pem'), '-noout', '-ext', 'subjectKeyIdentifier');
    const keyId = /([0-9A-F]{2}(?::[0-9A-F]{2}){19})/.exec(shown)?.[1] ?? '';
    await openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', at('company/false.key'), '-out', at('company/false.pem')],
      ...['-days', '99', '-subj', '/O=Company/CN=Company Root', '-addext', `subjectKeyIdentifier=${keyId}`],
    );
    const [leaf, sub, impostor] = await Promise.all(['leaf2', 'sub', 'false'].map((name) => readFile(at(`company/${name}.pem`), 'utf8')));
    const verdict = await judged(id, `${leaf}${sub}${impostor}`);
    expect(verdict.chain.map(({ subject }) => subject.split(',')[0])).toEqual(['CN=localhost', 'CN=Company Issuing']);
    expect(verdict.checks.find(({ outcome }) => outcome === 'warn')?.text.code).toBe('certificateReplyNoRoot');
  });

  it('takes the place of MinIO’s identity, and says which identity the policy must name first', async () => {
    const { context } = authority.stack;
    const identity = { id: 'minio', hash: 'a'.repeat(64), purpose: 'minio' as const, certFile: 'certs/minio-client.crt' };
    await context.update((stack) => ({ ...stack, identities: [identity] }));
    const { file, id } = await request('identity', 'minio-client', 'client');
    await sign(file, 'company/identity.pem', 'sub', 'client', '60');
    const content = (await readFile(at('company/identity.pem'), 'utf8')) + (await readFile(at('company/sub.pem'), 'utf8'));
    const { warnings, chain } = await judged(id, content, await readFile(at('company/root.pem')));
    const hash = chain[0]?.identity ?? '';
    expect(warnings).toEqual([{ code: 'certificateReplyPolicy', params: { identity: hash } }]);
    const root = authority.content(await readFile(at('company/root.pem')));
    await authority.handlers['certificates.takeReply']({ stackId, id, content: authority.content(content), root }, authority.call);
    expect(context.stack.identities).toEqual([{ ...identity, hash }]);
    const chained = ['-CAfile', at('certs/trust/minio-client.crt'), '-untrusted', at('certs/minio-client.crt')];
    expect(await openssl('verify', ...chained, '-purpose', 'sslclient', at('certs/minio-client.crt'))).toContain('OK');
  });

  it('takes the place of a server’s pair: the old key goes into the store, its CA is believed, the request is gone', async () => {
    const { folder } = authority.stack.context;
    await authority.make({ what: 'leaf', name: 'before', use: 'server', subject: { commonName: 'old' }, hosts: ['localhost'] });
    const [oldCert, oldKey] = [await authority.read('certs/made/before.crt'), await authority.read('certs/made/before.key')];
    await folder.write('certs/kes.crt', oldCert, 0o644);
    await folder.write('certs/kes.key', oldKey, 0o600);
    const { file, id } = await request('new-kes', 'kes');
    await sign(file, 'company/kes.pem', 'sub', 'server', '60');
    const content =
      (await readFile(at('company/sub.pem'), 'utf8')) +
      (await readFile(at('company/kes.pem'), 'utf8')) +
      (await readFile(at('company/root.pem'), 'utf8'));
    const verdict = await judged(id, content);
    expect(verdict.changes.map(({ code }) => code)).toEqual([
      'certificateReplyReplaces',
      'certificateReplyWritesKey',
      'certificateReplyKeeps',
      'certificateReplyTrust',
    ]);
    const { evidence } = await authority.handlers['certificates.takeReply'](
      { stackId, id, content: authority.content(content) },
      authority.call,
    );
    expect(evidence.map(({ text, outcome }) => [text.code, outcome])).toEqual([
      ['certificateSeenReply', 'ok'],
      ['certificatesSeenMode', 'ok'],
    ]);
    const chain = ['-x509_strict', '-CAfile', at('certs/trust/kes.crt'), '-untrusted', at('certs/kes.crt')];
    expect(await openssl('verify', ...chain, '-purpose', 'sslserver', '-verify_hostname', 'localhost', at('certs/kes.crt'))).toContain(
      'OK',
    );
    const { stack } = authority.stack.context;
    expect(stack.kesClusters[0]?.ca).toBe('company-kes');
    expect(stack.cas.find((ca) => ca.id === 'company-kes')).toMatchObject({ kind: 'file', file: 'certs/trust/kes.crt' });
    await expectKesServes();
    const { requests, files } = await authority.list();
    expect(requests.some(({ name }) => name === 'new-kes')).toBe(false);
    const kept = files.find(({ file: path }) => path.startsWith('certs/before/kes-'));
    expect(kept?.keys.map(({ place }) => place)).toContain('store');
    expect(await folder.read(kept?.file ?? '')).toBe(oldCert);
  });
});
