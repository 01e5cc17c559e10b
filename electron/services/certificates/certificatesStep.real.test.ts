import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CertificatesInput, certificatesInput, type KeyType, keyType } from '../../../shared/certificates.ts';
import { explain, sentence } from '../../../shared/messages.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { Evidence, StepPlan } from '../../../shared/setup.ts';
import type { Text } from '../../../shared/text.ts';
import { makeCertificate, makeKey } from './build.ts';
import { createTestStack, type TestStack } from './certificates.testSupport.ts';
import { certificatesStep as step } from './certificatesStep.ts';
import { createCertificates } from './handlers.ts';

const posix = process.platform !== 'win32';
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const secretPlace = (name: string): string => `$${'{'}${name}}\n`;
const chosen = (change: Partial<CertificatesInput> = {}): CertificatesInput => certificatesInput.parse(change);

let stack: TestStack;
beforeEach(async () => {
  stack = await createTestStack();
});
afterEach(() => stack.remove());

const path = (file: string): string => stack.context.folder.path(file);
const read = (file: string): Promise<string> => readFile(path(file), 'utf8');
const certificate = async (file: string): Promise<X509Certificate> => new X509Certificate(await read(file));
const withHosts = (...hosts: string[]) => ({
  ...stack.context,
  stack: stack.context.stack,
  inputs: { ...stack.context.inputs, place: { ...stack.context.inputs.place, hosts } },
});
const lines = (evidence: readonly Evidence[]): string[] => evidence.map(({ text }) => sentence('en', text));
const changes = (plan: StepPlan): string[] => plan.changes.map((text) => sentence('en', text));

/** Every sentence in both languages is whole: no place was left without its value. */
function expectWhole(said: readonly Text[]): void {
  expect(said.length).toBeGreaterThan(0);
  for (const language of ['en', 'zh-CN'] as const) for (const text of said) expect(sentence(language, text)).not.toMatch(/\{\w+\}/);
}
const textsOf = ({ changes, warnings, commands, files }: StepPlan): Text[] => [
  ...changes,
  ...warnings,
  ...commands.flatMap(({ comment }) => (comment ? [comment] : [])),
  ...files.map(({ why }) => why),
];

async function snapshot(): Promise<Record<string, string>> {
  const files = (await readdir(path('certs'))).map((name) => `certs/${name}`);
  const all = [...files, 'minio/certs/public.crt', 'minio/certs/private.key', 'minio/certs/CAs/ca.crt'];
  const contents = await Promise.all(all.map(async (file) => [file, await read(file)]));
  const secrets = (['ca.key', 'operator.key'] as const).map((name) => [name, stack.context.secrets.get(name)?.reveal() ?? '']);
  return Object.fromEntries([...contents, ...secrets]);
}

async function failure(input = chosen(), context = stack.context): Promise<string> {
  const error: unknown = await step.check(context, input).catch((caught: unknown) => caught);
  if (!isAppError(error)) throw new Error(`no AppError but ${String(error)}`);
  for (const language of ['en', 'zh-CN'] as const) {
    const said = Object.values(explain(language, error.code, error.details)).join(' ');
    expect(said, language).not.toMatch(/\{\w+\}/);
  }
  return error.code;
}

/** `openssl verify` as strict as it gets. */
function verify(file: string, ...args: string[]): string {
  const ran = spawnSync('openssl', ['verify', '-x509_strict', '-CAfile', path('certs/ca.crt'), ...args, path(file)], { encoding: 'utf8' });
  return ran.status === 0 ? 'OK' : ran.stdout + ran.stderr;
}

test('makes the whole set, keys 0600, and evidence comes from disk, store and real TLS connections', async () => {
  await step.apply(stack.context, chosen());
  const evidence = await step.check(stack.context, chosen());
  expect(evidence.map(({ outcome }) => outcome)).toEqual(evidence.map(() => 'ok'));
  expectWhole(evidence.map(({ text }) => text));
  expect(new Set(evidence.map(({ from }) => from))).toEqual(new Set(['disk', 'store', 'tls']));
  for (const id of ['vault', 'kes', 'minio']) {
    expect(lines(evidence)).toContain(`A TLS client that trusts certs/ca.crt alone accepts ${id} as 127.0.0.1, localhost, ::1`);
  }
  const identities = stack.context.stack.identities;
  expect(identities.map(({ id, purpose, certFile, ca }) => [id, purpose, certFile, ca])).toEqual([
    ['minio', 'minio', 'certs/minio-client.crt', 'local'],
    ['operator', 'operator', 'certs/operator.crt', 'local'],
  ]);
  for (const { hash } of identities) expect(lines(evidence).some((line) => line.includes(hash))).toBe(true);
  expect(stack.context.stack.cas).toMatchObject([{ id: 'local', subject: 'CN=Sealdeck local CA', file: 'certs/ca.crt' }]);
  if (posix) {
    for (const file of ['certs/vault.key', 'certs/kes.key', 'certs/minio-client.key', 'minio/certs/private.key']) {
      expect(await stack.context.folder.mode(file), file).toBe(0o600);
    }
  }
  const names = await readdir(path('certs'));
  expect(names.filter((name) => name.endsWith('.key')).sort()).toEqual(['kes.key', 'minio-client.key', 'vault.key']);
  const everything = (await Promise.all(names.map((name) => read(`certs/${name}`)))).join();
  for (const name of ['ca.key', 'operator.key'] as const) {
    const secret = stack.context.secrets.get(name)?.reveal() ?? '';
    expect(secret).toContain('PRIVATE KEY');
    expect(everything.includes(secret.split('\n')[1] ?? secret), name).toBe(false);
    expect(JSON.stringify([evidence, stack.context.stack, stack.journal]).includes(secret.split('\n')[1] ?? secret)).toBe(false);
  }
  const { handlers } = createCertificates({ open: async () => stack.context } as unknown as Parameters<typeof createCertificates>[0]);
  const listed = await handlers['certificates.list']({ stackId: 'test' }, { signal: stack.context.signal, host: 'cli' });
  expect(listed.certificates.map(({ id }) => id)).toEqual(['ca', 'vault', 'kes', 'minio', 'minio-client', 'operator']);
});

const runs: [string, Partial<CertificatesInput>][] = [
  ['with the defaults', {}],
  ['when the CA ends before its leaves would', { caDays: 100 }],
  ['with a subject of many parts', { subject: { commonName: 'A, "B" + C', organisation: '组织', country: 'CN', unit: '' } }],
];
test.each(runs)('a second run changes nothing, writes nothing and adds nothing to the journal: %s', async (_, change) => {
  const input = chosen(change);
  await step.apply(stack.context, input);
  await step.check(stack.context, input);
  const before = await snapshot();
  expect(stack.journal).toHaveLength(6);
  stack.forget();
  await step.apply(stack.context, input);
  expect(await snapshot()).toEqual(before);
  expect([stack.written, stack.journal]).toEqual([[], []]);
  expect(changes(await step.plan(stack.context, input)).every((line) => /stays?$/.test(line))).toBe(true);
});

test('killed at any write, the next run ends with a set that proves itself, and the CA of a finished run is kept', async () => {
  await step.apply(stack.context, chosen());
  const writes = stack.written.length;
  expect(writes).toBeGreaterThan(11);
  for (let at = 0; at < writes; at++) {
    const other = await createTestStack();
    try {
      other.dieAfter(at);
      await expect(step.apply(other.context, chosen())).rejects.toThrow('killed');
      const firstKey = other.context.secrets.get('ca.key')?.reveal();
      other.dieAfter(Number.POSITIVE_INFINITY);
      await step.apply(other.context, chosen());
      await step.check(other.context, chosen());
      if (firstKey !== undefined) expect(other.context.secrets.get('ca.key')?.reveal()).toBe(firstKey);
    } finally {
      await other.remove();
    }
  }
});

test('killed at any write of a change to another CA, the next run ends with the new one', async () => {
  const next = chosen({ subject: { commonName: 'Second CA' }, keyType: 'Ed25519' });
  for (const at of [0, 1, 2, 3, 5, 8, 11]) {
    const other = await createTestStack();
    try {
      await step.apply(other.context, chosen());
      other.dieAfter(at);
      await expect(step.apply(other.context, next)).rejects.toThrow('killed');
      other.dieAfter(Number.POSITIVE_INFINITY);
      await step.apply(other.context, next);
      await step.check(other.context, next);
      expect(other.context.stack.cas[0]?.subject).toBe('CN=Second CA');
    } finally {
      await other.remove();
    }
  }
});

test('other host names replace the servers’ certificates under the same CA, with the same keys and identities', async () => {
  await step.apply(stack.context, chosen());
  const [before, identities] = [await snapshot(), stack.context.stack.identities];
  const context = withHosts('127.0.0.1', 'vault.example.com');
  expectWhole(textsOf(await step.plan(context, chosen())));
  expect(await failure(chosen(), context)).toBe('certificateNames');
  expect(changes(await step.plan(context, chosen()))).toContain('Replace the certificate of kes: its names differ. Its key stays');
  stack.forget();
  await step.apply(context, chosen());
  await step.check(context, chosen());
  const after = await snapshot();
  const changed = Object.keys(before).filter((file) => before[file] !== after[file]);
  expect(changed.sort()).toEqual(['certs/kes.crt', 'certs/vault.crt', 'minio/certs/public.crt']);
  expect(stack.journal).toHaveLength(3);
  expect(stack.context.stack.identities).toEqual(identities);
  expect((await certificate('certs/vault.crt')).checkHost('vault.example.com')).toBe('vault.example.com');
});

test('a lost CA certificate is made again from its key, and the leaves still verify', async () => {
  await step.apply(stack.context, chosen());
  const leaf = await read('certs/kes.crt');
  await rm(path('certs/ca.crt'));
  await step.apply(stack.context, chosen());
  expect(await read('certs/kes.crt')).toBe(leaf);
  await step.check(stack.context, chosen());
});

test('another lifetime or key type is made as asked, and says what it means for KES', async () => {
  await step.apply(stack.context, chosen());
  const input = chosen({ keyType: 'P-384', days: 30 });
  const plan = await step.plan(stack.context, input);
  expectWhole(textsOf(plan));
  expect(plan.warnings.map(({ code }) => code)).toEqual(['certificatesNewCa', 'certificatesNewIdentity', 'certificatesNewIdentity']);
  await step.apply(stack.context, input);
  await step.check(stack.context, input);
  const shorter = chosen({ keyType: 'P-384', days: 10 });
  const keys = (await snapshot())['certs/vault.key'];
  await step.apply(stack.context, shorter);
  expect((await snapshot())['certs/vault.key']).toBe(keys);
  const days = ((await certificate('certs/vault.crt')).validToDate.getTime() - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(9.9);
  expect(days).toBeLessThan(10.1);
});

test('self-signed: one bundle of the three servers, MinIO’s identity is CA:FALSE, and a way back to a CA', async () => {
  const input = chosen({ kind: 'selfSigned' });
  expectWhole(textsOf(await step.plan(stack.context, input)));
  await step.apply(stack.context, input);
  const evidence = await step.check(stack.context, input);
  expect(lines(evidence).filter((line) => line.includes('accepts'))).toHaveLength(3);
  expect((await read('certs/ca.crt')).match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
  expect(await read('minio/certs/CAs/ca.crt')).toBe(await read('certs/ca.crt'));
  const client = await certificate('certs/minio-client.crt');
  expect([client.ca, client.subject === client.issuer]).toEqual([false, true]);
  expect(stack.context.secrets.has('ca.key')).toBe(false);
  stack.forget();
  await step.apply(stack.context, input);
  expect(stack.written).toEqual([]);

  await step.apply(stack.context, chosen());
  await step.check(stack.context, chosen());
  expect(stack.context.stack.identities[0]?.ca).toBe('local');
});

describe('what a foreign hand did is named, and the next run heals it', () => {
  const cases: [string, string, () => Promise<unknown>][] = [
    ['a file is gone', 'certificateMissing', () => rm(path('certs/kes.crt'))],
    ['a key is gone', 'certificateMissing', () => rm(path('certs/kes.key'))],
    ['a certificate is text', 'certificateBroken', () => writeFile(path('certs/vault.crt'), 'no certificate')],
    [
      'a certificate is cut off',
      'certificateBroken',
      async () => writeFile(path('certs/vault.crt'), (await read('certs/vault.crt')).slice(0, 300)),
    ],
    ['a key is of another pair', 'certificateMismatch', () => copyFile(path('certs/vault.key'), path('certs/kes.key'))],
    ['the CA is another one', 'certificateMismatch', () => putSelfSigned('ca', { use: 'ca' })],
    ['MinIO trusts something else', 'certificateCopy', () => copyFile(path('certs/vault.crt'), path('minio/certs/CAs/ca.crt'))],
    ['a certificate has expired', 'certificateExpired', () => putSelfSigned('vault', { days: -1 })],
    ['a server is self-signed under a CA', 'certificateIssuer', () => putSelfSigned('vault', {})],
    ['a server has a client’s certificate', 'certificatePurpose', () => putSelfSigned('vault', { use: 'client' })],
    ['a server has a CA certificate', 'certificateIsCa', () => putSelfSigned('vault', { use: 'ca' })],
    ['the operator’s key is lost', 'certificateKeyLost', () => stack.context.secrets.delete('operator.key')],
    ['the CA’s key is lost', 'certificateKeyLost', () => stack.context.secrets.delete('ca.key')],
    ...(posix
      ? [
          ['a key can be read by others', 'certificateKeyOpen', () => chmod(path('certs/kes.key'), 0o644)] as [
            string,
            string,
            () => Promise<unknown>,
          ],
        ]
      : []),
  ];
  test.each(cases)('%s: %s', async (_, code, damage) => {
    await step.apply(stack.context, chosen());
    await damage();
    expect(await failure()).toBe(code);
    await step.apply(stack.context, chosen());
    await step.check(stack.context, chosen());
  });

  async function putSelfSigned(id: 'vault' | 'ca', change: { use?: 'ca' | 'client'; days?: number }): Promise<void> {
    const key = id === 'ca' ? await makeKey('P-256') : new Secret(await read('certs/vault.key'));
    const hosts = stack.context.inputs.place.hosts;
    const pem = makeCertificate({ use: 'server', subject: { commonName: id }, days: 10, hosts, key, ...change });
    await writeFile(path(`certs/${id}.crt`), pem);
    if (id === 'ca') await writeFile(path('minio/certs/CAs/ca.crt'), pem);
  }
});

test('without a place to keep secrets nothing is made', async () => {
  const context = {
    ...stack.context,
    stack: stack.context.stack,
    secrets: {
      ...stack.context.secrets,
      requireDurable: () => {
        throw new Error('not durable');
      },
    },
  };
  await expect(step.apply(context, chosen())).rejects.toThrow('not durable');
  expect(stack.written).toEqual([]);
});

test('a CA named like one of its servers is refused before anything is written', async () => {
  const input = chosen({ subject: { commonName: 'vault' } });
  await expect(step.plan(stack.context, input)).rejects.toMatchObject({ code: 'invalidInput' });
  await expect(step.apply(stack.context, input)).rejects.toMatchObject({ code: 'invalidInput' });
  expect(stack.written).toEqual([]);
});

test('the plan warns of a name that does not resolve, and of what Ed25519 and long lifetimes mean', async () => {
  const plan = await step.plan(withHosts('no-such-name.invalid'), chosen({ keyType: 'Ed25519', days: 900 }));
  expectWhole(textsOf(plan));
  expect(plan.warnings.map(({ code }) => code)).toEqual([
    'certificatesEd25519',
    'certificatesLong',
    'certificatesNoLoopback',
    'certificatesNameUnresolved',
  ]);
  expect(plan.files.filter(({ mode }) => mode === '0600').map(({ path: file, content }) => [file, content])).toEqual([
    ['certs/vault.key', secretPlace('VAULT_KEY')],
    ['certs/kes.key', secretPlace('KES_KEY')],
    ['minio/certs/private.key', secretPlace('MINIO_KEY')],
    ['certs/minio-client.key', secretPlace('MINIO_CLIENT_KEY')],
  ]);
  expect(stack.written).toEqual([]);
});

describe.skipIf(!hasOpenssl)('openssl agrees', () => {
  const kinds: [CertificatesInput['kind'], KeyType][] = [
    ...keyType.options.map((type): [CertificatesInput['kind'], KeyType] => ['ca', type]),
    ['selfSigned', 'P-256'],
  ];
  test.each(kinds)('%s, %s: strict verification with every name, and refusal of another', async (kind, type) => {
    await step.apply(stack.context, chosen({ kind, keyType: type, subject: { commonName: '本地 CA', organisation: 'A/B + "C"' } }));
    for (const file of ['certs/vault.crt', 'certs/kes.crt', 'minio/certs/public.crt']) {
      const server = ['-purpose', 'sslserver'];
      expect(verify(file, ...server, '-verify_hostname', 'localhost')).toBe('OK');
      expect(verify(file, ...server, '-verify_ip', '127.0.0.1')).toBe('OK');
      expect(verify(file, ...server, '-verify_ip', '::1')).toBe('OK');
      expect(verify(file, ...server, '-verify_hostname', 'other')).toMatch(/hostname mismatch/i);
      expect(verify(file, '-purpose', 'sslclient')).toMatch(/purpose/);
    }
    if (kind === 'ca') expect(verify('certs/minio-client.crt', '-purpose', 'sslclient')).toBe('OK');
    for (const { hash, certFile } of stack.context.stack.identities) {
      const key = execFileSync('openssl', ['x509', '-in', path(certFile), '-noout', '-pubkey']);
      const der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'DER'], { input: key });
      expect(createHash('sha256').update(der).digest('hex')).toBe(hash);
    }
  });

  test.skipIf(!posix).each(kinds.filter(([, type]) => type !== 'RSA-4096'))(
    'the commands of the plan, run by a shell, make a set that passes the check (%s, %s)',
    async (kind, type) => {
      const input = chosen({ kind, keyType: type, subject: { commonName: "A 'local' CA", organisation: 'A/B + C', country: 'DE' } });
      const plan = await step.plan(stack.context, input);
      const bin = await mkdtemp(join(tmpdir(), 'sealdeck-bin-'));
      // Stands in for the real `kes`, which another test runs: the commands must not fail for its absence.
      await writeFile(join(bin, 'kes'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
      const script = plan.commands.flatMap(({ line }) => (line === undefined ? [] : [line])).join('\n');
      await mkdir(path('certs'), { recursive: true });
      execFileSync('sh', ['-eu', '-c', script], { env: { ...process.env, PATH: `${bin}:${process.env.PATH}` }, stdio: 'pipe' });
      await rm(bin, { recursive: true });
      await stack.context.secrets.set('operator.key', new Secret(await read('operator.key')));
      if (kind === 'ca') await stack.context.secrets.set('ca.key', new Secret(await read('ca.key')));
      await step.check(stack.context, input);
      expect(script).not.toMatch(/-pass|PRIVATE/);
    },
  );
});
