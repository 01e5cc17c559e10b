import { expect } from 'vitest';
import {
  type Attack,
  ask,
  exchange,
  headersOf,
  newline,
  openSocket,
  ownOrigin,
  ownSocket,
  refused,
  sendHead,
  sendRaw,
} from './loopback.ts';

const page = 'GET / HTTP/1.1';
const session = 'POST /session HTTP/1.1';
const json = 'Content-Type: application/json';
const length = (text: string): string => `Content-Length: ${Buffer.byteLength(text)}`;

/** A host name that is not loopback's reads nothing and exchanges nothing, and the token that it had is still good. */
const asHost =
  (host: string): Attack =>
  async ({ port, token }) => {
    await refused(sendHead(port, page, [`Host: ${host}`, 'Connection: close']), 421, 400);
    const kept = await token();
    const body = JSON.stringify({ token: kept });
    await refused(
      sendHead(port, session, [`Host: ${host}`, `Origin: http://${host}`, json, length(body), 'Connection: close'], body),
      421,
      400,
    );
    await expect(openSocket(port, { host, origin: `http://${host}` })).rejects.toThrow(/421|400/);
    await exchange(port, kept);
  };

const fromOrigin =
  (...origin: string[]): Attack =>
  async ({ port, token }) => {
    const kept = await token();
    const body = JSON.stringify({ token: kept });
    const lines = origin.map((one) => `Origin: ${one}`);
    await refused(sendHead(port, session, [...headersOf(port), ...lines, json, length(body)], body), 403, 400);
    if (origin.length === 1) await expect(openSocket(port, { origin: origin[0] ?? '' })).rejects.toThrow('403');
    await exchange(port, kept);
  };

const method =
  (name: string, path: string, ...statuses: number[]): Attack =>
  async ({ port }) =>
    refused(sendHead(port, `${name} ${path} HTTP/1.1`, [...headersOf(port), ownOrigin(port), 'Content-Length: 0']), ...statuses);

const malformed =
  (lines: (port: number) => string[], body = ''): Attack =>
  async ({ port }) =>
    refused(sendHead(port, session, [...headersOf(port), ownOrigin(port), json, ...lines(port)], body), 400, 431);

const path =
  (...paths: string[]): Attack =>
  async ({ port }) => {
    for (const one of paths) await refused(sendHead(port, `GET ${one} HTTP/1.1`, headersOf(port)), 404, 400);
  };

/** What a stranger may send as HTTP. Each is refused. */
export const httpAttacks: Readonly<Record<string, Attack>> = {
  'a rebound name': asHost('evil.test'),
  'a name that begins like loopback': asHost('127.0.0.1.evil.test'),
  'a name with user info before loopback': asHost('evil.test@127.0.0.1'),
  'a name with loopback as user info': asHost('127.0.0.1:80@evil.test'),
  'loopback as a decimal number': asHost('2130706433'),
  'loopback in hexadecimal': asHost('0x7f.0.0.1'),
  'loopback cut short': asHost('127.1'),
  'loopback in IPv6': asHost('[::1]'),
  'loopback as IPv4 in IPv6': asHost('[::ffff:127.0.0.1]'),
  'the address of all interfaces': asHost('0.0.0.0'),
  'a name with a dot at its end': asHost('localhost.'),
  'a port that is no number': asHost('127.0.0.1:80x'),
  'no host name at all': async ({ port }) => refused(sendRaw(port, `GET / HTTP/1.0${newline}${newline}`), 421, 400),
  'two host names, the right one first': async ({ port }) =>
    refused(sendHead(port, page, [...headersOf(port), 'Host: evil.test']), 421, 400),
  'a foreign name behind a header of proxies': async ({ port }) =>
    refused(sendHead(port, page, ['Host: evil.test', `X-Forwarded-Host: 127.0.0.1:${port}`, 'Connection: close']), 421),
  'a foreign address in the request line': async ({ port }) =>
    refused(sendHead(port, 'GET http://evil.test/ HTTP/1.1', headersOf(port)), 404, 400, 421),

  'a foreign origin': fromOrigin('http://evil.test'),
  'the origin null of a sandboxed frame or a file': fromOrigin('null'),
  'the origin of another port of this machine': fromOrigin('http://127.0.0.1:1'),
  'the origin of https': async (target) => fromOrigin(`https://127.0.0.1:${target.port}`)(target),
  'two origins, the right one first': async (target) => fromOrigin(`http://127.0.0.1:${target.port}`, 'http://evil.test')(target),
  'a request that writes without any origin': async ({ port, token }) => {
    const body = JSON.stringify({ token: await token() });
    await refused(sendHead(port, session, [...headersOf(port), json, length(body)], body), 403);
  },
  'a script of another site that reads': async ({ port }) =>
    refused(sendHead(port, page, [...headersOf(port), 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors']), 403),
  'a frame around the window': async ({ port }) => {
    const lines = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'];
    await refused(sendHead(port, page, [...headersOf(port), ...lines]), 403);
    const { head } = await sendHead(port, page, headersOf(port));
    expect(head).toMatch(/frame-ancestors 'none'/);
  },
  'a preflight of another site': async ({ port }) =>
    refused(
      sendHead(port, 'OPTIONS /session HTTP/1.1', [...headersOf(port), 'Origin: http://evil.test', 'Access-Control-Request-Method: POST']),
      403,
    ),

  OPTIONS: method('OPTIONS', '/session', 405),
  'TRACE, which would echo headers': method('TRACE', '/', 405),
  'CONNECT to another server': async ({ port }) => refused(sendHead(port, 'CONNECT 127.0.0.1:22 HTTP/1.1', headersOf(port)), 0, 400, 405),
  'HEAD, PUT and DELETE on the session': async (target) => {
    for (const name of ['HEAD', 'PUT', 'DELETE']) await method(name, '/session', 405)(target);
  },
  'a method that nobody knows': method('PROPFIND', '/', 405),

  'a length and chunks in one request': malformed((port) => ['Content-Length: 4', 'Transfer-Encoding: chunked', `X: ${port}`], '0\r\n\r\n'),
  'two lengths': malformed(() => ['Content-Length: 4', 'Content-Length: 40'], 'abcd'),
  'a transfer coding that is nearly chunked': malformed(() => ['Transfer-Encoding: xchunked'], '0\r\n\r\n'),
  'a space before the colon of a header': malformed(() => ['Content-Length : 4'], 'abcd'),
  'a header on two lines': malformed(() => ['X-One: a', ' Host: evil.test', 'Content-Length: 0']),
  'a line break in the path': async ({ port }) => {
    const { head } = await sendHead(port, 'GET /%0d%0aSet-Cookie:%20a=b HTTP/1.1', headersOf(port));
    expect(head).toMatch(/^HTTP\/1.1 404/);
    expect(head).not.toMatch(/set-cookie/i);
  },
  'a second request behind the first on one connection': async ({ port }) => {
    const first = [page, `Host: 127.0.0.1:${port}`, '', ''].join(newline);
    const second = [page, 'Host: evil.test', 'Connection: close', '', ''].join(newline);
    const { all } = await sendRaw(port, first + second);
    expect(all.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 421']);
  },
  'a header of 100 kB': malformed(() => [`X-Large: ${'x'.repeat(100_000)}`]),
  'five thousand headers': malformed(() => Array.from({ length: 5000 }, (_, at) => `X-${at}: y`)),

  'a huge body': async ({ port }) => {
    const body = JSON.stringify({ token: 'x'.repeat(2_000_000) });
    await refused(sendHead(port, session, [...headersOf(port), ownOrigin(port), json, length(body)], body), 413, 0);
  },
  'a body without end': async ({ port }) => {
    const chunk = `1000${newline}${'x'.repeat(4096)}${newline}`;
    await refused(
      sendHead(port, session, [...headersOf(port), ownOrigin(port), json, 'Transfer-Encoding: chunked'], chunk.repeat(20)),
      413,
      0,
    );
  },
  'a body of a form, which other sites may send': async ({ port, token }) => {
    const body = `token=${await token()}`;
    const lines = [...headersOf(port), ownOrigin(port), 'Content-Type: application/x-www-form-urlencoded', length(body)];
    await refused(sendHead(port, session, lines, body), 415);
  },
  'a prototype in the body': async ({ port, token }) => {
    const kept = await token();
    for (const body of [
      `{"__proto__":{"token":"${kept}"}}`,
      `{"token":"${kept}","constructor":{}}`,
      '{"token":{"length":1}}',
      '[]',
      'null',
    ])
      await refused(sendHead(port, session, [...headersOf(port), ownOrigin(port), json, length(body)], body), 401);
    await exchange(port, kept);
  },

  'a path out of the folder': path('/../package.json', '/../../etc/passwd', '/assets/../../package.json'),
  'a path out of the folder in other spellings': path(
    '/..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%5cpackage.json',
    '/..%c0%afx',
  ),
  'a path with two slashes, a NUL or a backslash': path('//etc/passwd', '/index.html%00.js', '/\\..\\package.json'),
  'names of prototypes as paths': path('/constructor', '/__proto__', '/toString', '/download/__proto__', '/download/constructor'),
  'files of the data folder': path('/engine.json', '/sealed.sdv', '/practice.key', '/sealdeck.log'),

  'a token that was used': async ({ port, token }) => {
    const used = await token();
    await exchange(port, used);
    await expect(exchange(port, used)).rejects.toThrow('401');
  },
  'one token in twenty requests at once': async ({ port, token }) => {
    const one = await token();
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => exchange(port, one)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  },
  'a thousand guessed tokens': async ({ port }) => {
    for (let round = 0; round < 20; round += 1) {
      const guesses = Array.from({ length: 50 }, (_, at) => exchange(port, Buffer.alloc(32, round * 50 + at).toString('base64url')));
      for (const guess of await Promise.allSettled(guesses)) expect(guess.status).toBe('rejected');
    }
  },
  'a token in the query, where logs would keep it': async ({ port, token }) => {
    const kept = await token();
    await refused(sendHead(port, `GET /session?token=${kept} HTTP/1.1`, headersOf(port)), 405);
    const { body } = await sendHead(port, `GET /?token=${kept} HTTP/1.1`, headersOf(port));
    expect(body).not.toContain('bearer');
    await exchange(port, kept);
  },
  'a ticket for an upload, used twice and without a bearer': async (target) => {
    const bearer = await exchange(target.port, await target.token());
    const socket = await ownSocket(target);
    const answer = await ask(socket, { kind: 'call', id: 1, name: 'files.announce', input: { name: 'a', size: 1 } });
    const { uploadPath } = answer.value as { uploadPath: string };
    const put = (lines: string[]) =>
      sendHead(
        target.port,
        `PUT ${uploadPath} HTTP/1.1`,
        [...headersOf(target.port), ownOrigin(target.port), ...lines, 'Content-Length: 2'],
        'xy',
      );
    await refused(put([]), 401);
    await refused(put(['Authorization: Bearer __proto__']), 401);
    await refused(put([`Cookie: bearer=${bearer}`]), 401);
    // Two bytes where one was announced: refused, and the ticket is spent with it.
    await refused(put([`Authorization: Bearer ${bearer}`]), 409);
    await refused(put([`Authorization: Bearer ${bearer}`]), 404);
    socket.close();
  },
  'a ticket for a download of another session, asked for by another site, by HEAD and twice': async (target) => {
    const socket = await ownSocket(target);
    const { value } = await ask(socket, { kind: 'call', id: 1, name: 'proof.list', input: { stackId: 'local-lab' } });
    const [proof] = (value as { proofs: { id: string }[] }).proofs;
    const input = { stackId: 'local-lab', id: proof?.id, format: 'json' };
    const answer = await ask(socket, { kind: 'call', id: 2, name: 'proof.export', input });
    const { downloadPath, content } = answer.value as { downloadPath: string; content: string };
    const get = (lines: string[], method = 'GET') =>
      sendHead(target.port, `${method} ${downloadPath} HTTP/1.1`, [...headersOf(target.port), ...lines]);
    await refused(get(['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']), 403);
    await refused(get(['Origin: http://evil.test']), 403);
    await refused(get([], 'HEAD'), 405);
    // None of that has spent it for its owner; after its owner it is spent for everybody.
    expect((await get([])).body).toContain(content.slice(0, 100));
    await refused(get([]), 404);
    socket.close();
  },
  'guessed tickets of downloads': async ({ port }) => {
    for (let at = 0; at < 50; at += 1)
      await refused(sendHead(port, `GET /download/${Buffer.alloc(24, at).toString('base64url')} HTTP/1.1`, headersOf(port)), 404);
  },
};
