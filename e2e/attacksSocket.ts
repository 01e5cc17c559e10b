import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import {
  type Attack,
  ask,
  closeOf,
  exchange,
  headersOf,
  legitimateWindow,
  newline,
  openSocket,
  ownOrigin,
  ownSocket,
  refused,
  sendHead,
} from './loopback.ts';

/** A first frame that is no bearer: the socket closes, and nothing is heard on it. */
const firstFrame =
  (frame: unknown, ...codes: number[]): Attack =>
  async ({ port }) => {
    const socket = await openSocket(port);
    let heard = '';
    socket.on('message', (data) => (heard += String(data)));
    socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
    expect(codes.length > 0 ? codes : [4401]).toContain(await closeOf(socket));
    expect(heard).toBe('');
  };

/** Bytes of a websocket frame that no client library would send, on a socket that is let in. */
const rawFrame =
  (bytes: Buffer): Attack =>
  async (target) => {
    const socket = await ownSocket(target);
    await ask(socket, { kind: 'call', id: 1, name: 'app.info' });
    const below = (socket as unknown as { _socket: Socket })._socket;
    const closed = closeOf(socket);
    below.write(bytes);
    expect([1002, 1006, 1007, 1009]).toContain(await closed);
  };

/** A call that must be refused by name, and after which the same socket still works. */
const refusedCall =
  (frame: Record<string, unknown>, code: RegExp): Attack =>
  async (target) => {
    const socket = await ownSocket(target);
    const answer = await ask(socket, { id: 7, ...frame } as { id: number });
    expect(answer).toMatchObject({ kind: 'error', error: { code: expect.stringMatching(code) } });
    expect(await ask(socket, { kind: 'call', id: 8, name: 'app.info' })).toMatchObject({ kind: 'result' });
    socket.close();
  };

/** What a stranger may send on the socket, or a right window that was taken over. Each is refused. */
export const socketAttacks: Readonly<Record<string, Attack>> = {
  'a socket on another path': async ({ port }) => {
    for (const where of ['/', '/session', '/socket/', '/SOCKET', '/socket%2f'])
      await expect(openSocket(port, {}, where)).rejects.toThrow(/404|socket hang up/);
  },
  'an upgrade without an origin': async ({ port }) => {
    const lines = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='];
    await refused(sendHead(port, 'GET /socket HTTP/1.1', [`Host: 127.0.0.1:${port}`, 'Connection: Upgrade', ...lines]), 403);
  },
  'an upgrade to HTTP/2, or of another version': async ({ port }) => {
    const start = [`Host: 127.0.0.1:${port}`, ownOrigin(port), 'Connection: Upgrade'];
    await refused(sendHead(port, 'GET /socket HTTP/1.1', [...start, 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']), 400, 426);
    await refused(
      sendHead(port, 'GET /socket HTTP/1.1', [
        ...start,
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 7',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ]),
      400,
      426,
    );
  },
  'an upgrade by POST with a body': async ({ port }) => {
    const start = [`Host: 127.0.0.1:${port}`, ownOrigin(port), 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    await refused(
      sendHead(port, 'POST /socket HTTP/1.1', [...start, 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'Content-Length: 2'], '{}'),
      400,
      404,
      405,
    );
  },
  'a bearer as cookie, header or query of the upgrade': async ({ port, token }) => {
    const bearer = await exchange(port, await token());
    const socket = await openSocket(port, { cookie: `bearer=${bearer}`, authorization: `Bearer ${bearer}` }, `/socket?bearer=${bearer}`);
    socket.send(JSON.stringify({ kind: 'call', id: 1, name: 'app.info' }));
    expect(await closeOf(socket)).toBe(4401);
  },
  'a call before the bearer': firstFrame({ kind: 'call', id: 1, name: 'app.info' }),
  'a guessed bearer': firstFrame({ bearer: 'x'.repeat(43) }),
  'a bearer that is a list': firstFrame({ bearer: ['x'] }),
  'a bearer in a prototype': firstFrame('{"__proto__":{"bearer":"x"}}'),
  'a first frame of bytes': firstFrame(Buffer.from('{"bearer":"x"}')),
  'a first frame that is too large': firstFrame('x'.repeat(5_000_000), 1006, 1009),

  'a frame of 5 MB': async (target) => {
    const socket = await ownSocket(target);
    const closed = closeOf(socket);
    socket.send(JSON.stringify({ kind: 'call', id: 1, name: 'x'.repeat(5_000_000) }));
    expect([1006, 1009]).toContain(await closed);
  },
  'a message of endless pieces': async (target) => {
    const socket = await ownSocket(target);
    const closed = closeOf(socket);
    for (let at = 0; at < 80 && socket.readyState === socket.OPEN; at += 1) socket.send('x'.repeat(100_000), { fin: false });
    expect([1006, 1009]).toContain(await closed);
  },
  'a frame without a mask': rawFrame(Buffer.from([0x81, 0x02, 0x7b, 0x7d])),
  'a compressed frame that was not agreed': rawFrame(Buffer.from([0xc1, 0x80, 0, 0, 0, 0])),
  'text that is not UTF-8': rawFrame(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])),
  'a frame of bytes, or one that is no JSON': async (target) => {
    for (const frame of [Buffer.from('{}'), '{', '']) {
      const socket = await ownSocket(target);
      socket.send(frame);
      expect(await closeOf(socket)).toBe(1003);
    }
  },
  'names of prototypes as procedures': async (target) => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'app.__proto__'])
      await refusedCall({ kind: 'call', name }, /^unknownProcedure$/)(target);
  },
  'unknown fields of a frame': refusedCall({ kind: 'call', name: 'app.info', host: 'cli' }, /^invalidInput$/),
  'a prototype in the input of a call': async (target) => {
    const socket = await ownSocket(target);
    const polluted = '{"kind":"call","id":1,"name":"app.info","input":{"__proto__":{"host":"cli"},"constructor":{"prototype":{"x":1}}}}';
    const answered = new Promise((done) => socket.once('message', (data) => done(JSON.parse(String(data)))));
    socket.send(polluted);
    expect(JSON.stringify(await answered)).not.toContain('"host":"cli"');
    socket.close();
  },
  'an input as deep as a well': async (target) => {
    const socket = await ownSocket(target);
    socket.on('error', () => undefined);
    socket.send(`{"kind":"call","id":1,"name":"app.info","input":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    await Promise.race([new Promise((done) => socket.once('message', done)), closeOf(socket)]);
    socket.terminate();
  },
  'the cancelling of another window’s call': async (target) => {
    const [one, other] = [await ownSocket(target), await ownSocket(target)];
    const answer = ask(one, { kind: 'call', id: 5, name: 'app.selfcheck' });
    other.send(JSON.stringify({ kind: 'cancel', id: 5 }));
    expect(await answer).toMatchObject({ kind: 'result' });
    one.close();
    other.close();
  },
  'three thousand calls at once': async (target) => {
    const socket = await ownSocket(target);
    const answers = await Promise.all(
      Array.from({ length: 3000 }, (_, id) => ask(socket.setMaxListeners(0), { kind: 'call', id, name: 'nothing' })),
    );
    expect(new Set(answers.map((answer) => answer.kind))).toEqual(new Set(['error']));
    socket.close();
  },
  'a crowd of silent sockets, while a right one comes': async (target) => {
    const all = await Promise.allSettled(Array.from({ length: 60 }, () => openSocket(target.port)));
    await legitimateWindow(target);
    for (const one of all) if (one.status === 'fulfilled') one.value.terminate();
  },
  'a crowd of connections that say nothing': async (target) => {
    const crowd = Array.from({ length: 300 }, () => connect(target.port, '127.0.0.1').on('error', () => undefined));
    await new Promise((done) => setTimeout(done, 300));
    for (const socket of crowd) socket.destroy();
    await new Promise((done) => setTimeout(done, 100));
  },
};

const page = 'GET / HTTP/1.1';
const session = 'POST /session HTTP/1.1';
const json = 'Content-Type: application/json';

/** Attacks that last until a time limit of the host ends them; without it they would last as long as the test may. They run together. */
export const slowAttacks: Readonly<Record<string, Attack>> = {
  'a socket that says nothing for two seconds': async ({ port }) => {
    expect(await closeOf(await openSocket(port))).toBe(4408);
  },
  'a body that comes byte by byte': async ({ port }) => {
    const head = [session, ...headersOf(port), ownOrigin(port), json, 'Content-Length: 4000', '', '{'].join(newline);
    await dripped(port, head);
  },
  'headers that come byte by byte': async ({ port }) => {
    await dripped(port, `${page}${newline}Host: 127.0.0.1:${port}${newline}X: `);
  },
  'a connection that is kept open after its answer': async ({ port }) => {
    await dripped(port, [page, `Host: 127.0.0.1:${port}`, '', ''].join(newline), false);
  },
};

/** Writes a beginning and then a byte every 300 ms, if at all. Resolves when the host has enough. */
function dripped(port: number, beginning: string, drip = true): Promise<void> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    const timer = setInterval(() => drip && socket.write('x'), 300);
    socket.on('error', () => undefined).resume();
    socket.on('close', () => {
      clearInterval(timer);
      done();
    });
    socket.write(beginning);
  });
}
