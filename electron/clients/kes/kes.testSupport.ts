import 'reflect-metadata';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { ensureServers } from '../../../servers/get.ts';
import { Secret } from '../../../shared/secret.ts';
import { freePort } from '../../platform/ports.ts';
import { createKesClient } from './client.ts';

/** Real KES for tests, on a folder of files. Certificates come from another library than the product's own. */

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface TestIdentity {
  cert: string;
  key: Secret;
  hash: string;
}

export async function makeTestIdentity(purpose: 'client' | 'server', isCa = false): Promise<TestIdentity> {
  x509.cryptoProvider.set(webcrypto as never);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // Unlike names: OpenSSL looks for a self-signed certificate's trust by its subject.
    name: `CN=test ${purpose} ${randomBytes(4).toString('hex')}`,
    keys: keys as never,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 86_400_000),
    extensions: [
      new x509.BasicConstraintsExtension(isCa, undefined, true),
      new x509.ExtendedKeyUsageExtension([purpose === 'client' ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth]),
      ...(purpose === 'server' ? [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])] : []),
    ],
  });
  const cert = `${certificate.toString('pem')}\n`;
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = new Secret(`-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`);
  const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  return { cert, key, hash: createHash('sha256').update(spki).digest('hex') };
}

export async function startTestKes(allow: readonly string[]) {
  const { kes: binary } = await ensureServers(['kes']);
  const folder = await mkdtemp(join(tmpdir(), 'sealdeck-kes-'));
  const server = await makeTestIdentity('server');
  const client = await makeTestIdentity('client');
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const file = (name: string): string => join(folder, name);
  await writeFile(file('kes.key'), server.key.reveal(), { mode: 0o600 });
  await writeFile(file('kes.crt'), server.cert);
  const config = {
    version: 'v1',
    address: `127.0.0.1:${port}`,
    admin: { identity: 'disabled' },
    tls: { key: file('kes.key'), cert: file('kes.crt') },
    policy: { test: { allow, identities: [client.hash] } },
    cache: { expiry: { any: '1s', unused: '1s' } },
    keystore: { fs: { path: file('keys') } },
  };
  // YAML is a superset of JSON.
  await writeFile(file('kes.yaml'), JSON.stringify(config));
  const start = (): ChildProcess => spawn(binary, ['server', '--config', file('kes.yaml')], { stdio: 'ignore', env: {} });
  let process_ = start();
  const as = (identity?: TestIdentity) =>
    createKesClient({ url, ca: [server.cert], ...(identity ? { cert: identity.cert, key: identity.key } : {}) });
  await waitUntil(async () => (await as(client).version()) !== '');
  return {
    url,
    as,
    client,
    /** What the server's certificate is verified with. */
    ca: server.cert,
    /** A second node on the same keys, which keeps them in a memory of its own for as long as is said. */
    async twin(cache = '60s') {
      const address = `127.0.0.1:${await freePort()}`;
      const own = { ...config, address, cache: { expiry: { any: cache, unused: cache } } };
      await writeFile(file('twin.yaml'), JSON.stringify(own));
      const other = spawn(binary, ['server', '--config', file('twin.yaml')], { stdio: 'ignore', env: {} });
      const second = createKesClient({ url: `https://${address}`, ca: [server.cert], cert: client.cert, key: client.key });
      await waitUntil(async () => (await second.version()) !== '');
      await second.close();
      return { url: `https://${address}`, stop: () => stopProcess(other) };
    },
    /** Ends it and keeps its keys. */
    pause: () => stopProcess(process_),
    async goOn() {
      process_ = start();
      await waitUntil(async () => (await as(client).version()) !== '');
    },
    async stop() {
      await stopProcess(process_);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function waitUntil(condition: () => Promise<boolean>, ms = 20_000): Promise<void> {
  const end = Date.now() + ms;
  for (;;) {
    let reason: unknown;
    const met = await condition().catch((error: unknown) => {
      reason = error;
      return false;
    });
    if (met) return;
    if (Date.now() > end) throw new Error('waited in vain', { cause: reason });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
