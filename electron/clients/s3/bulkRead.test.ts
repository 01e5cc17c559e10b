import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createPlain } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { AppError } from '../../../shared/rpc/errors.ts';
import { createBulkReader } from './bulkRead.ts';

it.each(['at once', 'with a pause behind each piece'])(
  'takes answers of any length, the first and later ones of a connection, %s',
  { timeout: 4_000 },
  async (how) => {
    // A server that ends what is idle only later: a reader that missed an answer would wait for that.
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      const size = Number(request.url?.slice(1));
      response.writeHead(200, { 'content-length': String(size) }).end(Buffer.alloc(size, 'x'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const reader = createBulkReader(base, []);
    try {
      for (const size of [1, 10, 2_000, 1, 300_000, 10]) {
        const into = Buffer.alloc(size + 1);
        let used = 0;
        const sink = {
          room: () => into.subarray(used),
          took(bytes: number) {
            used += bytes;
            return how === 'at once' ? undefined : pause(1);
          },
        };
        const wanted = { url: new URL(`${base}/${size}`), headers: {}, range: undefined, bytes: size, begin: () => undefined };
        expect(await reader.read(wanted, sink)).toBe(true);
        expect([used, into.toString('latin1')]).toEqual([size, `${'x'.repeat(size)}\0`]);
      }
    } finally {
      reader.close();
      server.closeAllConnections();
      server.close();
    }
  },
);

/** A model server: says these lines for each request, and ends the connection. */
async function answering(...said: (string | Buffer)[]) {
  const server = createPlain((socket) => {
    socket
      .on('error', () => undefined)
      .once('data', () => {
        for (const piece of said) socket.write(piece);
        socket.end();
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const reader = createBulkReader(base, []);
  const got: Buffer[] = [];
  const room = Buffer.alloc(64);
  const sink = { room: () => room, took: (bytes: number) => void got.push(Buffer.from(room.subarray(0, bytes))) };
  const wanted = { url: new URL(`${base}/x`), headers: {}, range: '10-19', bytes: 10, begin: () => undefined };
  try {
    const whole = await reader.read(wanted, sink).catch((error: AppError) => error.code);
    return { whole, got: Buffer.concat(got).toString('latin1') };
  } finally {
    reader.close();
    server.close();
  }
}

const range = 'content-range: bytes 10-19/100\r\n';

it.each([
  ['another status', `HTTP/1.1 200 OK\r\n${range}content-length: 10\r\n\r\n0123456789`],
  ['another range', 'HTTP/1.1 206 x\r\ncontent-range: bytes 0-9/100\r\ncontent-length: 10\r\n\r\n0123456789'],
  ['another length', `HTTP/1.1 206 x\r\n${range}content-length: 9\r\n\r\n012345678`],
  ['a length that is told in the body', `HTTP/1.1 206 x\r\n${range}transfer-encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n`],
  ['more than was asked for', `HTTP/1.1 206 x\r\n${range}content-length: 10\r\n\r\n0123456789X`],
  ['an end before an answer', ''],
  ['no HTTP', Buffer.alloc(100_000, 'x')],
])('leaves %s to the usual way', async (_, said) => {
  expect(await answering(said)).toEqual({ whole: false, got: '' });
});

it('takes a head and a body in pieces, and says when a body breaks off', async () => {
  const head = `HTTP/1.1 206 Partial Content\r\nETag: "e"\r\n${range}content-length: 10\r\n\r\n`;
  expect(await answering(head.slice(0, 20), head.slice(20), '01234', '56789')).toEqual({ whole: true, got: '0123456789' });
  expect(await answering(head, '01234')).toEqual({ whole: 'networkBroken', got: '01234' });
});
