import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { explain } from '../../shared/messages.ts';
import { isAppError } from '../../shared/rpc/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { makeKey } from '../services/certificates/build.ts';
import { readServerCertificate, testHops } from './hops.ts';
import { listen, type Made, makeAuthority } from './tls.testSupport.ts';
import { createTlsClient, type TlsClient, type TlsProfile, type TlsRequest } from './tlsClient.ts';

type Authority = Awaited<ReturnType<typeof makeAuthority>>;

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
let authority: Authority;
let stranger: Authority;
let server: Made;
let client: Made;
const cleanups: (() => void)[] = [];

beforeAll(async () => {
  authority = await makeAuthority();
  stranger = await makeAuthority('other CA');
  server = await authority.issue('server');
  client = await authority.issue('client');
});
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Runs a server until the end of the test, with all its connections. */
async function serve<S extends Server>(made: S): Promise<number> {
  const sockets = new Set<Socket>();
  made.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  made.on('tlsClientError', () => undefined);
  cleanups.push(() => {
    made.close();
    for (const socket of sockets) socket.destroy();
  });
  return listen(made);
}

async function https(pair: Made = server, options: ServerOptions = {}, answer = 'hello'): Promise<string> {
  const made = createHttpsServer({ cert: pair.cert, key: pair.key.reveal(), ...options }, (_, response) => response.end(answer));
  return `https://127.0.0.1:${await serve(made)}/`;
}

function clientOf(profile: Partial<TlsProfile> = {}): TlsClient {
  const made = createTlsClient({ ca: [authority.ca], ...profile });
  cleanups.push(() => void made.close());
  return made;
}

/** The error as code and reason. Its texts must be whole in both languages. */
async function failure(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => new Error('it did not fail'),
    (caught: unknown) => caught,
  );
  if (!isAppError(error)) throw error;
  for (const language of ['en', 'zh-CN'] as const) {
    expect(JSON.stringify(explain(language, error.code, error.details))).not.toMatch(/\{\w+\}"?/);
  }
  return `${error.code}: ${error.details.reason ?? ''}`;
}

const get = (url: string, profile: Partial<TlsProfile> = {}, request: Partial<TlsRequest> = {}): Promise<string> =>
  clientOf(profile)
    .request({ method: 'GET', url, ...request })
    .then((response) => `${response.status} ${response.text()}`);

describe('an answer', () => {
  test('comes over HTTP/1.1 from a server that a CA of a bundle issued, by address and by name', async () => {
    const made = createHttpsServer({ cert: server.cert, key: server.key.reveal() }, (request, response) => {
      response
        .writeHead(404, { 'X-Seen': `${request.httpVersion} ${request.method} ${request.url}`, 'Set-Cookie': ['a=1', 'b=2'] })
        .end('not here');
    });
    const port = await serve(made);
    const both = clientOf({ ca: [stranger.ca + authority.ca] });
    for (const host of ['127.0.0.1', 'localhost']) {
      const response = await both.request({ method: 'GET', url: `https://${host}:${port}/a/b?c=d%20e` });
      expect([response.status, response.text(), response.headers['x-seen']]).toEqual([404, 'not here', '1.1 GET /a/b?c=d%20e']);
      expect(response.headers['set-cookie']).toBe('a=1, b=2');
    }
  });

  test('follows a body given as text, bytes or stream', async () => {
    const made = createHttpsServer({ cert: server.cert, key: server.key.reveal() }, (request, response) => request.pipe(response));
    const url = `https://127.0.0.1:${await serve(made)}/`;
    for (const body of ['text', Buffer.from('text'), Readable.from([Buffer.from('te'), Buffer.from('xt')])]) {
      expect(await get(url, {}, { method: 'PUT', body })).toBe('200 text');
    }
  });

  test('comes to a client identity that the server demands, with TLS 1.2 and 1.3', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const url = await https(server, {
        requestCert: true,
        rejectUnauthorized: true,
        ca: authority.ca,
        minVersion: version,
        maxVersion: version,
      });
      expect(await get(url, client)).toBe('200 hello');
    }
  });

  test.each(['P-384', 'Ed25519', 'RSA-2048'] as const)('comes from a server with a %s key', async (type) => {
    expect(await get(await https(await authority.issue('server', { key: await makeKey(type) })))).toBe('200 hello');
  });

  test('comes from a self-signed server that is trusted as itself', async () => {
    const own = await authority.issue('server', { selfSigned: true });
    expect(await get(await https(own), { ca: [own.cert] })).toBe('200 hello');
  });

  test('comes again when the server gave up a kept connection, for a read and only for a read', async () => {
    let answers = 0;
    const made = createTlsServer({ cert: server.cert, key: server.key.reveal() }, (socket) => {
      let requests = 0;
      socket.on('error', () => undefined);
      socket.on('data', () => {
        if (++requests > 1) return socket.destroy();
        answers++;
        return socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
    });
    const url = `https://127.0.0.1:${await serve(made)}/`;
    const kept = clientOf();
    await kept.request({ method: 'GET', url });
    expect((await kept.request({ method: 'GET', url })).text()).toBe('ok');
    expect(answers).toBe(2);
    expect(await failure(kept.request({ method: 'POST', url }))).toMatch(/^networkBroken/);
    expect(answers).toBe(2);
  });
});

describe('a failure is named', () => {
  test('no such name, closed port', async () => {
    expect(await failure(get('https://no-such-host.invalid/'))).toMatch(/^networkName: .*(ENOTFOUND|EAI_AGAIN)/);
    const closed = createTcpServer();
    const port = await listen(closed);
    await new Promise((resolve) => closed.close(resolve));
    expect(await failure(get(`https://127.0.0.1:${port}/`))).toMatch(/^networkRefused: .*ECONNREFUSED/);
    expect(await failure(get(`https://localhost:${port}/`))).toMatch(/^networkRefused: .*ECONNREFUSED/);
  });

  test('an unknown CA, no CA at all, another CA of the same name', async () => {
    const url = await https();
    expect(await failure(get(url, { ca: [stranger.ca] }))).toMatch(/^tlsTrust: .*UNABLE_TO/);
    expect(await failure(get(url, { ca: [] }))).toMatch(/^tlsTrust/);
    expect(await failure(get(url, { ca: [(await makeAuthority()).ca] }))).toMatch(/^tlsTrust/);
  });

  test('a self-signed server, a server with a client’s certificate', async () => {
    expect(await failure(get(await https(await authority.issue('server', { selfSigned: true }))))).toMatch(/^tlsTrust: it is self-signed/);
    const wrong = await authority.issue('client', { hosts: ['127.0.0.1'] });
    expect(await failure(get(await https(wrong)))).toMatch(/^tlsTrust: .*serverAuth.*INVALID_PURPOSE/);
  });

  test('an expired certificate, with its dates and the clock here', async () => {
    const expired = await authority.issue('server', { days: -1 });
    expect(await failure(get(await https(expired)))).toMatch(/^tlsDate: valid from 20\S+Z to 20\S+Z, and the clock here says 20/);
  });

  test('another name, with the names that the certificate has', async () => {
    const url = await https(await authority.issue('server', { hosts: ['vault.example.com', '10.1.2.3'] }));
    expect(await failure(get(url))).toBe('tlsName: it has DNS:vault.example.com, IP Address:10.1.2.3');
    expect(await get(url, { servername: 'vault.example.com' })).toBe('200 hello');
    expect(await failure(get(await https(await authority.issue('server', { hosts: [] }))))).toBe(
      'tlsName: it has no names at all (SAN is missing)',
    );
  });

  test('plain http on the port, https asked of as http, and no HTTP at all', async () => {
    const plain = await serve(createHttpServer((_, response) => response.end()));
    expect(await failure(get(`https://127.0.0.1:${plain}/`))).toMatch(/^tlsProtocol: plain http/);
    expect(await failure(get((await https()).replace('https:', 'http:')))).toMatch(/^tlsProtocol: .*https/);
    const other = createTlsServer({ cert: server.cert, key: server.key.reveal() }, (socket) => socket.end('220 mail ready\r\n'));
    expect(await failure(get(`https://127.0.0.1:${await serve(other)}/`))).toMatch(/^tlsProtocol: the answer is not HTTP/);
  });

  test.each([
    ['headers without end', `HTTP/1.1 200 OK\r\n${'x-more: and more\r\n'.repeat(100_000)}\r\n`, /^answerNotUnderstood: .*headers/],
    ['an upgrade that nobody asked for', 'HTTP/1.1 101 Switching\r\n\r\n', /^answerNotUnderstood: .*rules of HTTP/],
  ])('%s', async (_, answer, told) => {
    const made = createTlsServer({ cert: server.cert, key: server.key.reveal() }, (socket) =>
      socket.once('data', () => socket.end(answer)),
    );
    expect(await failure(get(`https://127.0.0.1:${await serve(made)}/`))).toMatch(told);
  });

  test('a server too old for TLS 1.2', async () => {
    const old = await https(server, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    expect(await failure(get(old))).toMatch(/^tlsProtocol: .*TLS/);
  });

  test('a server that hangs before TLS, before the answer, in the answer', async () => {
    const silent = await serve(createTcpServer());
    expect(await failure(get(`https://127.0.0.1:${silent}/`))).toMatch(/^networkTimeout: .*handshake/);
    const mute = createHttpsServer({ cert: server.cert, key: server.key.reveal() }, () => undefined);
    expect(await failure(get(`https://127.0.0.1:${await serve(mute)}/`, {}, { timeoutMs: 300 }))).toMatch(/^networkTimeout: .*no answer/);
    const half = createHttpsServer({ cert: server.cert, key: server.key.reveal() }, (_, response) =>
      response.writeHead(200, { 'Content-Length': 9 }).write('x'),
    );
    const url = `https://127.0.0.1:${await serve(half)}/`;
    expect(await failure(get(url, { timeoutMs: 300 }))).toMatch(/^networkTimeout: .*middle/);
    const { body } = await clientOf({ timeoutMs: 300 }).stream({ method: 'GET', url });
    expect(await failure(body.toArray())).toMatch(/^networkTimeout: .*middle/);
  }, 20_000);

  test('a connection that breaks in the answer, and an answer that is too long', async () => {
    const breaking = createHttpsServer({ cert: server.cert, key: server.key.reveal() }, (_, response) => {
      response.writeHead(200, { 'Content-Length': 9 }).write('x', () => response.destroy());
    });
    expect(await failure(get(`https://127.0.0.1:${await serve(breaking)}/`))).toMatch(/^networkBroken/);
    expect(await failure(get(await https(server, {}, 'x'.repeat(100)), {}, { maxBytes: 99 }))).toBe(
      'answerNotUnderstood: more than 99 bytes',
    );
  });

  test('cancelled before, during connect and while waiting', async () => {
    expect(await failure(get(await https(), {}, { signal: AbortSignal.abort() }))).toMatch(/^cancelled/);
    const silent = await serve(createTcpServer());
    expect(await failure(get(`https://127.0.0.1:${silent}/`, {}, { signal: AbortSignal.timeout(100) }))).toMatch(/^cancelled/);
    const mute = createHttpsServer({ cert: server.cert, key: server.key.reveal() }, () => undefined);
    expect(await failure(get(`https://127.0.0.1:${await serve(mute)}/`, {}, { signal: AbortSignal.timeout(200) }))).toMatch(/^cancelled/);
  });

  test('a broken CA, certificate or key of our own, before any connection', async () => {
    const url = await https();
    expect(await failure(get(url, { ca: ['garbage'] }))).toMatch(/^tlsTrust: trusted certificate 1 cannot be read/);
    expect(await failure(get(url, { ca: [authority.ca, authority.ca.slice(0, -60)] }))).toMatch(
      /^tlsTrust: trusted certificate 2 cannot be read/,
    );
    expect(await failure(get(url, { ca: [authority.ca.replace(/[A-Z]{3}/g, 'AAA')] }))).toMatch(/^tlsTrust: trusted certificate 1/);
    expect(await failure(get(url, { cert: client.cert, key: server.key }))).toBe(
      'tlsIdentityRefused: the private key is not the one of the certificate',
    );
    expect(await failure(get(url, { cert: client.cert, key: new Secret('TRACER') }))).toMatch(/^tlsIdentityRefused: (?!.*TRACER)/);
  });

  test('no client certificate where one is demanded, with TLS 1.2 and 1.3', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const url = await https(server, {
        requestCert: true,
        rejectUnauthorized: true,
        ca: authority.ca,
        minVersion: version,
        maxVersion: version,
      });
      expect(await failure(get(url)), version).toMatch(/^tlsIdentityRefused: .*required/);
    }
  });
});

describe.skipIf(!hasOpenssl).each(['1_2', '1_3'])('a server of openssl that demands an identity, TLS %s', (version) => {
  let folder: string;
  let process_: ChildProcess;
  let url: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-tls-'));
    const file = (name: string): string => join(folder, name);
    await writeFile(file('s.crt'), server.cert);
    await writeFile(file('s.key'), server.key.reveal(), { mode: 0o600 });
    await writeFile(file('ca.crt'), authority.ca);
    const args = ['-accept', '127.0.0.1:0', '-www', '-cert', file('s.crt'), '-key', file('s.key'), '-CAfile', file('ca.crt')];
    process_ = spawn('openssl', ['s_server', ...args, '-Verify', '2', '-verify_return_error', `-tls${version}`], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let said = '';
    for await (const part of process_.stdout as Readable) {
      said += String(part);
      const port = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port === undefined) continue;
      url = `https://127.0.0.1:${port}/`;
      break;
    }
  });
  afterEach(async () => {
    if (process_.exitCode === null && process_.signalCode === null) {
      const ended = once(process_, 'exit');
      process_.kill();
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  });

  test('answers the right one, and each wrong one is told as refused', async () => {
    expect(await get(url, client)).toMatch(/^200 /);
    expect(await failure(get(url))).toMatch(/^tlsIdentityRefused/);
    expect(await failure(get(url, await stranger.issue('client')))).toMatch(/^tlsIdentityRefused/);
    expect(await failure(get(url, await authority.issue('client', { days: -1 })))).toMatch(/^tlsIdentityRefused/);
    expect(await failure(get(url, await authority.issue('client', { selfSigned: true })))).toMatch(/^tlsIdentityRefused/);
    expect(await failure(get(url, await authority.issue('server')))).toMatch(/^tlsIdentityRefused/);
  });

  test('the hops light TLS and fail at the identity', async () => {
    const hops = await testHops({ ca: [authority.ca], ...(await stranger.issue('client')) }, url);
    expect(hops.map(({ hop, outcome, error }) => [hop, outcome, error?.code])).toEqual([
      ['name', 'ok', undefined],
      ['tcp', 'ok', undefined],
      ['tls', 'ok', undefined],
      ['identity', 'fail', 'tlsIdentityRefused'],
    ]);
    const untrusted = await testHops({ ca: [stranger.ca], ...client }, url);
    expect(untrusted.map(({ error, outcome }) => error?.code ?? outcome)).toEqual(['ok', 'ok', 'tlsTrust', 'notTried']);
  });
});

describe('the hops', () => {
  const lights = async (profile: Partial<TlsProfile>, url: string): Promise<string[]> =>
    (await testHops({ ca: [authority.ca], ...profile }, url)).map(({ outcome, error }) => error?.code ?? outcome);

  test('are lit one after the other, and the first that fails names itself', async () => {
    const url = await https(server, { requestCert: true, rejectUnauthorized: true, ca: authority.ca });
    expect(await lights(client, url)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(await lights({}, url)).toEqual(['ok', 'ok', 'ok', 'tlsIdentityRefused']);
    expect(await lights({}, await https())).toEqual(['ok', 'ok', 'ok', 'notTried']);
    expect(await lights({}, 'https://no-such-host.invalid/')).toEqual(['networkName', 'notTried', 'notTried', 'notTried']);
    expect(await lights({}, 'https://127.0.0.1:1/')).toEqual(['ok', 'networkRefused', 'notTried', 'notTried']);
  });

  test('tell name, trust, date and protocol of TLS apart', async () => {
    const tls = async (url: string, profile: Partial<TlsProfile> = {}): Promise<string | undefined> => (await lights(profile, url))[2];
    expect(await tls(await https(await authority.issue('server', { hosts: ['other.example'] })))).toBe('tlsName');
    expect(await tls(await https(), { ca: [stranger.ca] })).toBe('tlsTrust');
    expect(await tls(await https(await authority.issue('server', { selfSigned: true })))).toBe('tlsTrust');
    expect(await tls(await https(await authority.issue('server', { days: -1 })))).toBe('tlsDate');
    expect(await tls(`https://127.0.0.1:${await serve(createHttpServer((_, response) => response.end()))}/`)).toBe('tlsProtocol');
  });

  test('measure their time and stop when cancelled', async () => {
    const silent = await serve(createTcpServer());
    const url = `https://127.0.0.1:${silent}/`;
    const hops = await testHops({ ca: [authority.ca], timeoutMs: 200 }, url);
    expect(hops.map(({ error, outcome }) => error?.code ?? outcome)).toEqual(['ok', 'ok', 'networkTimeout', 'notTried']);
    expect(hops[2]?.ms).toBeGreaterThan(190);
    expect(await failure(testHops({ ca: [authority.ca] }, url, AbortSignal.timeout(100)))).toMatch(/^cancelled/);
    expect(await failure(testHops({ ca: [authority.ca] }, url, AbortSignal.abort()))).toMatch(/^cancelled/);
  });
});

describe('the certificate of a server', () => {
  test('is shown whoever issued it, also when the server wants an identity that we lack', async () => {
    const own = await stranger.issue('server', { selfSigned: true, days: -1 });
    expect((await readServerCertificate(await https(own))).pem).toBe(own.cert);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const url = await https(server, {
        requestCert: true,
        rejectUnauthorized: true,
        ca: authority.ca,
        minVersion: version,
        maxVersion: version,
      });
      const seen = await readServerCertificate(url);
      expect([seen.pem, seen.chain[0]?.issuer]).toEqual([server.cert, 'CN=test CA']);
    }
  });

  test('is asked for without any credential', async () => {
    let request = '';
    const made = createTlsServer(
      { cert: server.cert, key: server.key.reveal(), requestCert: true, rejectUnauthorized: false },
      (socket) => {
        socket.on('error', () => undefined);
        socket.on('data', (part) => {
          request += `${socket.getPeerX509Certificate()?.subject ?? 'nobody'} ${String(part)}`;
          socket.end('HTTP/1.1 200 OK\r\n\r\n');
        });
      },
    );
    await readServerCertificate(`https://127.0.0.1:${await serve(made)}/`);
    expect(request).toMatch(/^nobody GET \/version HTTP\/1\.1\r\nHost: \S+\r\nConnection: close\r\n\r\n$/);
  });
});
