import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';

/**
 * Stand-in for a network that breaks: a proxy before Vault, with Vault's own certificate, that lets `bytes` of the next
 * answer to `sys/init` through and then ends the connection. Everything else passes untouched.
 */
export async function startCuttingProxy(options: { cert: string; key: string; port: number; bytes: number }) {
  const answer = { text: '', passed: 0, done: false };
  const sockets = new Set<TLSSocket>();
  const server = createServer({ cert: options.cert, key: options.key }, (near) => {
    // Whoever verifies Vault's certificate is the engine; between proxy and Vault there is nothing to find out.
    const far = connect({ host: '127.0.0.1', port: options.port, rejectUnauthorized: false });
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
    let cutting = false;
    near.on('data', (chunk: Buffer) => {
      if (!answer.done && /^(?:PUT|POST) \/v1\/sys\/init /.test(chunk.toString('latin1'))) cutting = true;
      far.write(chunk);
    });
    far.on('data', (chunk: Buffer) => {
      if (!cutting) return void near.write(chunk);
      answer.text += chunk.toString('latin1');
      const left = options.bytes - answer.passed;
      answer.passed += chunk.length;
      if (chunk.length <= left) near.write(chunk);
      else if (left > 0) near.end(chunk.subarray(0, left));
      else near.destroy();
      answer.done = chunk.length > left || lengthOf(answer.text) === answer.text.length;
      cutting = !answer.done;
    });
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Bytes of the whole answer, head and body, as its head tells. */
    length: () => lengthOf(answer.text),
    async stop(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

function lengthOf(answer: string): number {
  const head = answer.indexOf('\r\n\r\n');
  return head < 0 ? Number.NaN : head + 4 + Number(/content-length: (\d+)/i.exec(answer.slice(0, head))?.[1]);
}
