import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureServers } from '../../../../servers/get.ts';
import { createKesClient } from '../../../clients/kes/client.ts';
import { makeTestIdentity, stopProcess, type TestIdentity } from '../../../clients/kes/kes.testSupport.ts';
import { freePort, portAnswers } from '../../../platform/ports.ts';
import { another, someone } from './config.testSupport.ts';
import { readKesConfig } from './read.ts';
import { writeKesConfig } from './write.ts';

/** What we say of a line is what the real server does with it. */
describe('today’s KES', () => {
  let folder: string;
  let binary: string;
  let port: number;
  let server: TestIdentity;
  let me: TestIdentity;
  let clean: string;

  beforeAll(async () => {
    binary = (await ensureServers(['kes'])).kes;
    folder = await mkdtemp(join(tmpdir(), 'sealdeck today '));
    [server, me, port] = [await makeTestIdentity('server'), await makeTestIdentity('client'), await freePort()];
    await writeFile(join(folder, 'kes.key'), server.key.reveal(), { mode: 0o600 });
    await writeFile(join(folder, 'kes.crt'), server.cert);
    clean = `version: v1
address: 127.0.0.1:${port}
admin:
  identity: disabled
tls:
  key: kes.key
  cert: kes.crt
  auth: "off"
policy:
  minio:
    allow:
      - /v1/key/create/minio-*
      - /v1/key/list/*
    identities:
      - "${someone}"
  mine:
    allow: [/v1/policy/read/*, /v1/policy/list/*]
    identities: ["${me.hash}"]
cache:
  expiry:
    any: 5m0s
    unused: 20s
log:
  error: "on"
  audit: "off"
keystore:
  fs:
    path: keys
`;
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  /** Starts with a text; says how it ended, or what a visit found. */
  async function run<T>(text: string, visit: () => Promise<T>): Promise<{ ended: string } | { found: T }> {
    await writeFile(join(folder, 'kes.yaml'), text);
    const child = spawn(binary, ['server', '--config', 'kes.yaml'], { cwd: folder, env: {}, stdio: ['ignore', 'ignore', 'pipe'] });
    let printed = '';
    child.stderr.on('data', (chunk) => {
      printed += chunk;
    });
    try {
      for (;;) {
        if (child.exitCode !== null) return { ended: printed };
        if (await portAnswers('127.0.0.1', port)) return { found: await visit() };
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    } finally {
      await stopProcess(child);
    }
  }

  const cases: readonly (readonly [string, (text: string) => string])[] = [
    ['a clean file', (text) => text],
    ['an unknown key', (text) => `${text}unknown:\n  a: 1\n`],
    ['a list for a value', (text) => text.replace(/address: .*/, 'address: [a]')],
    ['a value for a map', (text) => text.replace(/cache:\n.*\n.*\n.*\n/, 'cache: x\n')],
    ['a value for a list', (text) => text.replace('[/v1/policy/read/*, /v1/policy/list/*]', '/v1/status')],
    ['version v2', (text) => text.replace('version: v1', 'version: v2')],
    ['root', (text) => text.replace('admin:\n  identity: disabled', 'root: disabled')],
    ['no administrator', (text) => text.replace('admin:\n  identity: disabled\n', '')],
    ['an administrator in a policy', (text) => text.replace('identity: disabled', `identity: ${someone}`)],
    ['capitals in the administrator', (text) => text.replace('identity: disabled', `identity: ${another.toUpperCase()}`)],
    ['a host name to listen on', (text) => text.replace('127.0.0.1:', 'localhost:')],
    ['no certificate', (text) => text.replace('  cert: kes.crt\n', '')],
    ['auth: true', (text) => text.replace('auth: "off"', 'auth: true')],
    ['auth: OFF', (text) => text.replace('auth: "off"', 'auth: OFF')],
    ['a proxy', (text) => text.replace('  auth: "off"', `  proxy:\n    identities:\n      - ${another}`)],
    ['no unused', (text) => text.replace('    unused: 20s\n', '')],
    ['a bare number for a duration', (text) => text.replace('unused: 20s', 'unused: 20')],
    ['a quoted number for a duration', (text) => text.replace('unused: 20s', 'unused: "20"')],
    ['a negative duration', (text) => text.replace('unused: 20s', 'unused: -20s')],
    ['a word for a level', (text) => text.replace('error: "on"', 'error: LOUD')],
    ['DEBUG+2', (text) => text.replace('error: "on"', 'error: DEBUG+2')],
    ['no audit', (text) => text.replace('  audit: "off"\n', '')],
    ['a route that is none', (text) => `${text}api:\n  /v1/nothing:\n    timeout: 5s\n`],
    ['a route without its slash', (text) => `${text}api:\n  /v1/key/generate:\n    skip_auth: true\n`],
    ['skip_auth: ja', (text) => `${text}api:\n  /v1/ready:\n    skip_auth: ja\n`],
    ['skip_auth on ready', (text) => `${text}api:\n  /v1/ready:\n    skip_auth: true\n    timeout: 3s\n`],
    ['a negative timeout', (text) => `${text}api:\n  /v1/ready:\n    timeout: -3s\n`],
    ['keys', (text) => `${text}keys:\n  - name: minio-a\n`],
    ['a key twice', (text) => `${text}keys:\n  - name: minio-a\n  - name: minio-a\n`],
    ['a key with a bad name', (text) => `${text}keys:\n  - name: minio-\n`],
    ['a bad policy name', (text) => text.replace('  minio:', '  mi.nio:')],
    ['no rules', (text) => text.replace(/ {4}allow:\n.*\n.*\n/, '')],
    ['no identities', (text) => text.replace(/ {4}identities:\n.*\n/, '')],
    ['paths', (text) => text.replace('allow:\n', 'paths:\n')],
    [
      'an identity in two policies',
      (text) => text.replace('cache:', `  other:\n    allow: [/v1/status]\n    identities: ["${someone}"]\ncache:`),
    ],
    ['a word for an identity', (text) => text.replace(someone, 'all')],
    ['a bad word for an identity', (text) => text.replace(someone, 'a.b')],
    ['capitals in an identity', (text) => text.replace(someone, someone.toUpperCase())],
    ['digits for an identity, bare', (text) => text.replace(`"${someone}"`, '12'.repeat(32))],
    ['a variable that is not there', (text) => text.replace('path: keys', 'path: "$' + '{NOT_THERE}"')],
    ['a variable inside a value', (text) => text.replace('path: keys', 'path: "x$' + '{NOT_THERE}"')],
    ['a rule that is a variable', (text) => text.replace('/v1/key/list/*', '"$' + '{NOT_THERE}"')],
    ['a rule with an inner star', (text) => text.replace('/v1/key/list/*', '/v1/key/*/x')],
    ['a rule without a slash', (text) => text.replace('/v1/key/list/*', 'status')],
    ['no key store', (text) => text.replace(/keystore:[\s\S]*/, '')],
    [
      'two key stores',
      (text) => `${text}  gemalto:\n    keysecure:\n      endpoint: https://127.0.0.1:1\n      credentials:\n        token: x\n`,
    ],
    ['a key store of old', (text) => text.replace(/ {2}fs:\n.*\n/, '  generic:\n    endpoint: https://127.0.0.1:1\n')],
    ['a key store without its path', (text) => text.replace('    path: keys\n', '    way: keys\n')],
    ['CRLF', (text) => text.replaceAll('\n', '\r\n')],
    ['null', (text) => text.replace('auth: "off"', 'auth: ~')],
  ];

  it.each(cases)('does with %s what we say', async (_name, change) => {
    const text = change(clean);
    const { findings } = readKesConfig(text, { environment: [] });
    const ends = findings.filter(({ today }) => today === 'ends').map(({ text: { code } }) => code);
    const told = await run(text, async () => 'starts');
    if ('ended' in told) expect(ends, told.ended).not.toEqual([]);
    else expect(ends).toEqual([]);
  });

  it.each([
    ['a tab', 'tls:\n\tkey: x\n'],
    ['a key that stands twice', 'tls:\n  key: x\ntls:\n  cert: y\n'],
    ['an open bracket', 'address: [\n'],
    ['a list', '- a\n'],
  ])('ends with %s, which we do not read', async (_name, text) => {
    expect(() => readKesConfig(text)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^kesYaml/) }));
    expect(await run(text, async () => 'starts')).toHaveProperty('ended');
  });

  it('reads every policy and rule that we wrote, whatever their names', async () => {
    const { config } = readKesConfig(clean);
    const names = ['on', 'null', '42', 'true', '__proto__', 'constructor', '0', 'y', '1e3', '0x1F', 'no', '_a'];
    const policies = names.map((name, at) => ({
      name,
      allow: [`/v1/key/create/${at}*`, '/v1/status'],
      deny: [`/v1/key/delete/${at}`],
      identities: [String(10 + at).repeat(32)],
    }));
    const text = writeKesConfig({ ...config, policies: [...config.policies, ...policies] });
    const told = await run(text, async () => {
      const kes = createKesClient({ url: `https://127.0.0.1:${port}`, ca: [server.cert], cert: me.cert, key: me.key });
      try {
        return await Promise.all(policies.map(async ({ name }) => ({ name, ...(await kes.readPolicy(name)) })));
      } finally {
        await kes.close();
      }
    });
    expect(told).toEqual({ found: policies.map(({ name, allow, deny }) => ({ name, allow: allow.toSorted(), deny })) });
  });
});
