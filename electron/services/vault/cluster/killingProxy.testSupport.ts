import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';

/**
 * Stand-in for the moment between two machines: a proxy before Vault, with Vault's own certificate, that calls `cut` at
 * the nth request that changes something about shares, before Vault has it or after Vault has answered it.
 */
export async function startKillingProxy(options: { cert: string; key: string; port: number }) {
  const state: { at: number; when: 'before' | 'after'; seen: string[]; cut: () => void } = {
    at: 0,
    when: 'before',
    seen: [],
    cut: () => undefined,
  };
  const isChange = ({ method = '', url = '' }: IncomingMessage): boolean =>
    method !== 'GET' && /^\/v1\/sys\/(?:rekey|rotate\/root)\//.test(url);
  const server = createServer({ cert: options.cert, key: options.key }, (near, answer) => {
    const counts = isChange(near);
    if (counts) state.seen.push(`${near.method} ${near.url}`);
    const hit = counts && state.seen.length === state.at;
    if (hit && state.when === 'before') return state.cut();
    // Whoever verifies Vault's certificate is the engine; between proxy and Vault there is nothing to find out.
    const { method, url: path, headers } = near;
    const far = secureRequest({ host: '127.0.0.1', port: options.port, method, path, headers, rejectUnauthorized: false }, (reply) => {
      if (hit) {
        reply.resume().on('end', () => state.cut());
        return;
      }
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    far.on('error', () => answer.destroy());
    near.pipe(far);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** From the next request on. `at` 0: never. */
    arm(at: number, when: 'before' | 'after', cut: () => void): void {
      Object.assign(state, { at, when, cut, seen: [] });
    },
    seen: () => state.seen,
    async stop(): Promise<void> {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
