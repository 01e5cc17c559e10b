import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createFileStore } from '../../platform/files.ts';
import { createLog } from '../../platform/log.ts';
import { type BrowserHost, startBrowserHost } from './httpServer.ts';

const folder = mkdtempSync(join(tmpdir(), 'sealdeck-browser-'));
const files = createFileStore({ offeredMs: 500 });
let windows = 0;
let host: BrowserHost;
let port: number;

beforeAll(async () => {
  writeFileSync(join(folder, 'index.html'), '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><p>Sealdeck</p>');
  writeFileSync(join(folder, 'main.js'), 'export {};');
  writeFileSync(join(folder, 'main.js.gz'), gzipSync('export {};'));
  host = await startBrowserHost({
    windowFolder: folder,
    files,
    log: createLog(join(folder, 'test.log')),
    port: 0,
    onWindow(pipe) {
      windows++;
      pipe.onFrame((frame) => pipe.send({ echo: frame }));
    },
  });
  port = Number(new URL(host.newAddress().url).port);
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}
type Sent = { method?: string; path?: string; headers?: Record<string, string>; body?: string | Buffer };

function ask({ method = 'GET', path = '/', headers = {}, body }: Sent, onRequest?: (request: ClientRequest) => void): Promise<Answer> {
  return new Promise((done, failed) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers: { host: `127.0.0.1:${port}`, ...headers } }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += String(chunk);
      });
      answer.on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
      answer.on('error', failed);
    });
    sent.on('error', failed);
    if (onRequest) onRequest(sent);
    else sent.end(body);
  });
}
const own = (): Record<string, string> => ({ origin: `http://127.0.0.1:${port}` });
const exchange = (token: string, headers: Record<string, string> = {}): Promise<Answer> =>
  ask({
    method: 'POST',
    path: '/session',
    headers: { ...own(), 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ token }),
  });
const newToken = (): string => host.newAddress().url.split('#token=')[1] ?? '';
async function newBearer(): Promise<string> {
  return (JSON.parse((await exchange(newToken())).body) as { bearer: string }).bearer;
}

describe('the browser host', () => {
  it('gives its page to a right request, with a new nonce each time and nothing inline allowed', async () => {
    const [one, other] = [await ask({}), await ask({})];
    expect(one.status).toBe(200);
    const policy = String(one.headers['content-security-policy']);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(one.body).toContain(`content="${nonce}"`);
    expect(other.body).not.toContain(nonce);
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("script-src 'self';");
    expect(one.headers['access-control-allow-origin']).toBeUndefined();
    expect(one.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });

  it.each([['evil.test'], ['evil.test:80'], ['127.0.0.1.evil.test'], ['[::1]'], ['0.0.0.0'], ['localhost@evil.test']])(
    'answers 421 to the host name %s, so a rebound name reads nothing',
    async (name) => {
      expect(await ask({ headers: { host: name } })).toMatchObject({ status: 421 });
    },
  );

  it('sends what the build packed to those that can unpack it, and plain text to the others', async () => {
    const packed = await ask({ path: '/main.js', headers: { 'accept-encoding': 'gzip, br' } });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-type': 'text/javascript; charset=utf-8' });
    expect(Number(packed.headers['content-length'])).toBe(gzipSync('export {};').length);
    const plain = await ask({ path: '/main.js' });
    expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, 'export {};']);
    expect((await ask({ path: '/main.js.gz' })).status).toBe(404);
  });

  it('answers 421 without any host name', async () => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => {
      heard += String(chunk);
    });
    socket.end('GET / HTTP/1.0\r\n\r\n');
    await new Promise((done) => socket.on('close', done));
    expect(heard).toMatch(/^HTTP\/1.1 421 /);
  });

  it('takes localhost and the port of a forward as host', async () => {
    for (const name of ['localhost', 'localhost:9999', '127.0.0.1:1']) expect((await ask({ headers: { host: name } })).status).toBe(200);
  });

  it.each([['http://evil.test'], ['null'], ['http://127.0.0.1:1'], ['https://127.0.0.1']])(
    'refuses the foreign origin %s',
    async (origin) => {
      expect(await ask({ headers: { origin } })).toMatchObject({ status: 403 });
      expect(await exchange(newToken(), { origin })).toMatchObject({ status: 403 });
      await expect(openSocket({ origin })).rejects.toThrow('403');
    },
  );

  it('refuses to write without an origin, and to be embedded or fetched by another site', async () => {
    expect((await ask({ method: 'POST', path: '/session', headers: { 'content-type': 'application/json' }, body: '{}' })).status).toBe(403);
    expect((await ask({ headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } })).status).toBe(403);
    expect(
      (await ask({ headers: { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' } })).status,
    ).toBe(403);
    expect(
      (await ask({ headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } })).status,
    ).toBe(200);
  });

  it.each([
    ['/../package.json'],
    ['/..%2fpackage.json'],
    ['/%2e%2e/%2e%2e/etc/passwd'],
    ['//etc/passwd'],
    ['/test.log'],
    ['/constructor'],
    ['/main.js/..'],
  ])('serves only files that were built, not %s', async (path) => {
    expect((await ask({ path })).status).toBe(404);
  });

  it('exchanges a token once, and tells that it was used', async () => {
    const { url } = host.newAddress();
    const token = url.split('#token=')[1] ?? '';
    const opened = host.opened(url);
    expect(await exchange(token)).toMatchObject({ status: 200 });
    expect(await opened).toBe(true);
    expect(await exchange(token)).toMatchObject({ status: 401 });
    expect(await exchange('x'.repeat(43))).toMatchObject({ status: 401 });
  });

  it('takes a session request only as small JSON', async () => {
    expect((await exchange('x'.repeat(5000))).status).toBe(413);
    expect((await exchange(newToken(), { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await ask({ method: 'GET', path: '/session' })).status).toBe(405);
    expect((await ask({ method: 'DELETE' })).status).toBe(403);
    expect((await ask({ method: 'DELETE', headers: own() })).status).toBe(405);
    expect((await ask({ method: 'OPTIONS', headers: own() })).headers['access-control-allow-origin']).toBeUndefined();
  });

  it('cuts a session request whose body never comes, and ends a connection whose headers never come', async () => {
    const socket = connect(port, '127.0.0.1');
    const ended = new Promise((done) => socket.on('close', done));
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n');
    socket.resume();
    const answer = ask(
      { method: 'POST', path: '/session', headers: { ...own(), 'content-type': 'application/json', 'content-length': '50' } },
      (sent) => {
        sent.write('{"token"');
      },
    );
    await expect(answer).rejects.toThrow();
    await ended;
  });
});

function openSocket(headers: Record<string, string> = own(), path = '/socket'): Promise<WebSocket> {
  return new Promise((done, failed) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    socket.on('open', () => done(socket));
    socket.on('error', failed);
  });
}
const closed = (socket: WebSocket): Promise<number> => new Promise((done) => socket.on('close', (code) => done(code)));

describe('its socket', () => {
  it('serves frames after a right first frame', async () => {
    const socket = await openSocket();
    socket.send(JSON.stringify({ bearer: await newBearer() }));
    const heard = new Promise((done) => socket.on('message', (data) => done(JSON.parse(String(data)))));
    socket.send(JSON.stringify({ kind: 'call', id: 1 }));
    expect(await heard).toEqual({ echo: { kind: 'call', id: 1 } });
    socket.close();
  });

  it.each([
    ['a call', { kind: 'call', id: 1, name: 'app.info' }],
    ['a wrong bearer', { bearer: 'x'.repeat(43) }],
    ['a bearer with more', { bearer: 'x', extra: 1 }],
    ['no object', 'bearer'],
  ])('closes on %s as first frame and serves nothing', async (_name, frame) => {
    const before = windows;
    const socket = await openSocket();
    let heard = '';
    socket.on('message', (data) => {
      heard += String(data);
    });
    socket.send(JSON.stringify(frame));
    expect(await closed(socket)).toBe(4401);
    expect(heard).toBe('');
    expect(windows).toBe(before);
  });

  it('closes when the first frame is slow', async () => {
    expect(await closed(await openSocket())).toBe(4408);
  });

  it('closes on a frame that is too large or no JSON', async () => {
    const bearer = await newBearer();
    const large = await openSocket();
    large.on('error', () => undefined);
    large.send(JSON.stringify({ bearer }));
    large.send('x'.repeat(5_000_000));
    expect([1006, 1009]).toContain(await closed(large));
    const torn = await openSocket();
    torn.send(JSON.stringify({ bearer }));
    torn.send('{');
    expect(await closed(torn)).toBe(1003);
  });

  it('refuses an upgrade by a foreign host name or on another path', async () => {
    await expect(openSocket({ ...own(), host: 'evil.test' })).rejects.toThrow('421');
    await expect(openSocket({ origin: `http://127.0.0.1:${port}` }, '/other')).rejects.toThrow('404');
  });

  it('keeps no crowd of silent strangers, and lets a right one in all the same', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => openSocket()));
    const right = await openSocket();
    right.send(JSON.stringify({ bearer: await newBearer() }));
    const heard = new Promise((done) => right.on('message', (data) => done(JSON.parse(String(data)))));
    right.send(JSON.stringify({ kind: 'call', id: 1 }));
    expect(await heard).toEqual({ echo: { kind: 'call', id: 1 } });
    expect(all.filter((one) => one.readyState === one.OPEN).length).toBeLessThanOrEqual(32);
    for (const one of [...all, right]) one.terminate();
  });
});

describe('its transfers', () => {
  it('streams an upload to whoever opens the token, at that one’s pace', async () => {
    const size = 30_000_000;
    const { token, uploadPath } = files.announce({ name: 'large.bin', size });
    const headers = { ...own(), authorization: `Bearer ${await newBearer()}`, 'content-length': String(size) };
    const opened = await files.open(token);
    const answer = ask({ method: 'PUT', path: uploadPath, headers, body: Buffer.alloc(size, 7) });
    await new Promise((done) => setTimeout(done, 300));
    // Nobody reads yet: what lies in memory here is a buffer's worth, not the file.
    expect(opened.stream.readableLength).toBeLessThan(1_000_000);
    let seen = 0;
    for await (const chunk of opened.stream) seen += (chunk as Buffer).length;
    expect(seen).toBe(size);
    expect((await answer).status).toBe(204);
  });

  it('takes no upload without a bearer, for an unknown token, or twice', async () => {
    const { token, uploadPath } = files.announce({ name: 'a', size: 1 });
    expect((await ask({ method: 'PUT', path: uploadPath, headers: own(), body: 'x' })).status).toBe(401);
    expect((await ask({ method: 'PUT', path: uploadPath, headers: { ...own(), authorization: 'Bearer nope' }, body: 'x' })).status).toBe(
      401,
    );
    const headers = { ...own(), authorization: `Bearer ${await newBearer()}` };
    expect((await ask({ method: 'PUT', path: '/upload/unknown', headers, body: 'x' })).status).toBe(404);
    const { stream } = await files.open(token);
    stream.resume();
    expect((await ask({ method: 'PUT', path: uploadPath, headers, body: 'x' })).status).toBe(204);
    expect((await ask({ method: 'PUT', path: uploadPath, headers, body: 'x' })).status).toBe(404);
  });

  it.each([
    ['less', 'abc'],
    ['more', 'abcdefghi'],
  ])('breaks both ends when %s bytes come than were announced', async (_name, body) => {
    const { token, uploadPath } = files.announce({ name: 'a', size: 5 });
    const { stream } = await files.open(token);
    const reading = (async () => {
      for await (const _ of stream);
    })();
    const headers = { ...own(), authorization: `Bearer ${await newBearer()}`, 'transfer-encoding': 'chunked' };
    const [answer, read] = await Promise.allSettled([ask({ method: 'PUT', path: uploadPath, headers, body }), reading]);
    expect(answer).toMatchObject({ status: 'fulfilled', value: { status: 409, body: expect.stringContaining('uploadSize') } });
    expect(read).toMatchObject({ status: 'rejected', reason: { code: 'uploadSize' } });
  });

  it('tells the reader when the sender goes away', async () => {
    const { token, uploadPath } = files.announce({ name: 'a', size: 1000 });
    const { stream } = await files.open(token);
    const headers = { ...own(), authorization: `Bearer ${await newBearer()}`, 'content-length': '1000' };
    const sending = ask({ method: 'PUT', path: uploadPath, headers }, (sent) => {
      sent.write('some');
      setTimeout(() => sent.destroy(), 100);
    });
    const reading = (async () => {
      for await (const _ of stream);
    })();
    const [sent, read] = await Promise.allSettled([sending, reading]);
    expect(sent.status).toBe('rejected');
    expect(read).toMatchObject({ status: 'rejected', reason: { code: 'uploadStopped' } });
  });

  it('hands a download out once, within its time, on its one path', async () => {
    const { downloadPath } = files.offer({ name: '证明 1.json', type: 'application/json', content: '{"a":1}' });
    const first = await ask({ path: downloadPath });
    expect(first).toMatchObject({ status: 200, body: '{"a":1}' });
    expect(first.headers['content-disposition']).toContain("filename*=UTF-8''%E8%AF%81");
    expect((await ask({ path: downloadPath })).status).toBe(404);
    const late = files.offer({ name: 'a', type: 'text/plain', content: 'x' });
    await new Promise((done) => setTimeout(done, 700));
    expect((await ask({ path: late.downloadPath })).status).toBe(404);
    expect((await ask({ path: '/download/constructor' })).status).toBe(404);
  });
});
