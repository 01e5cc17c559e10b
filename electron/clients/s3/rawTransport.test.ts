import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RawRequest } from './rawDispatch.ts';
import { createTransport, type Transport } from './rawTransport.ts';

describe('the transport of one client', () => {
  let server: Server;
  let transport: Transport;
  let asked: string[];
  let connections: number;

  beforeEach(async () => {
    asked = [];
    connections = 0;
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      // What is asked for below `/slow` is never answered.
      if (!request.url?.startsWith('/slow')) response.end('here');
    });
    server.on('connection', () => connections++);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    transport = createTransport(origin(), [], 4);
  });
  afterEach(async () => {
    await transport.close();
    server.closeAllConnections();
    server.close();
  });

  const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = (path: string, more: Partial<RawRequest> = {}) =>
    transport.send({ method: 'GET', url: new URL(path, origin()), headers: {}, ...more });

  it('is closed for good: nothing that is asked later reaches the server', async () => {
    expect(await get('/one')).toMatchObject({ status: 200, text: 'here' });
    await transport.close();
    await expect(get('/two')).rejects.toMatchObject({ code: 'cancelled' });
    await transport.close();
    await expect(get('/three', { method: 'PUT', payload: Buffer.from('x') })).rejects.toMatchObject({ code: 'cancelled' });
    expect(asked).toEqual(['/one']);
    expect(connections).toBe(1);
  });

  it('never opens when it was closed before its first request', async () => {
    await transport.close();
    await expect(get('/one')).rejects.toMatchObject({ code: 'cancelled' });
    expect(connections).toBe(0);
  });

  it('ends what is under way when it is closed, and does not ask for it again', async () => {
    const slow = get('/slow');
    await expect.poll(() => asked).toEqual(['/slow']);
    await transport.close();
    await expect(slow).rejects.toMatchObject({ code: 'cancelled' });
    expect(asked).toEqual(['/slow']);
    expect(connections).toBe(1);
  });
});
