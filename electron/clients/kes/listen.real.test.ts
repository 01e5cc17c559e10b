import { createServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../platform/tls.testSupport.ts';
import { createKesClient, type KesClient } from './client.ts';
import { makeTestIdentity } from './kes.testSupport.ts';

/** Model server: KES up to 2024-01, whose log streams deliver, as kes.md 2.7 has them; today's is silent and is tested with the real one. */
describe('the log streams of an older KES', () => {
  let kes: KesClient;
  let stop: () => void;
  beforeAll(async () => {
    const [server, client] = await Promise.all([makeTestIdentity('server'), makeTestIdentity('client')]);
    const answers = createServer(
      { key: server.key.reveal(), cert: server.cert, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        if (request.url === '/v1/log/error') {
          response.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"not authorized: insufficient permissions"}');
          return;
        }
        if (request.url === '/v1/log/silent') return;
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        const event = JSON.stringify({
          time: '2023-01-01T00:00:00Z',
          request: { path: '/v1/key/generate/a', identity: 'ab' },
          response: { code: 200, time: 5 },
        });
        // One event in two pieces, one whole, and one that never ends.
        response.write(event.slice(0, 20));
        setTimeout(() => response.write(`${event.slice(20)}\n${event}\n{"time":`), 50);
      },
    );
    kes = createKesClient({ url: `https://127.0.0.1:${await listen(answers)}`, ca: [server.cert], cert: client.cert, key: client.key });
    stop = () => {
      answers.closeAllConnections();
      answers.close();
    };
  });
  afterAll(async () => {
    await kes?.close();
    stop?.();
  });

  it('are heard for a while, event by event', async () => {
    const events = await kes.listen('/v1/log/audit', 500);
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({ request: { path: '/v1/key/generate/a' } });
  });

  it('that say nothing are no failure, and those that are refused are one', async () => {
    expect(await kes.listen('/v1/log/silent', 200)).toEqual([]);
    await expect(kes.listen('/v1/log/error', 500)).rejects.toMatchObject({ code: 'kesNotAuthorised' });
  });
});
