import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** For tests: a network between here and a real server on a port of 127.0.0.1, which can be cut and slowed. */
export async function startNetwork(target: number) {
  const pairs = new Set<[Socket, Socket]>();
  let whole = true;
  let answered = true;
  let bytesPerSecond = Number.POSITIVE_INFINITY;

  function carry(from: Socket, to: Socket, isAnswer: boolean): void {
    from.on('data', (chunk) => {
      if (isAnswer && !answered) return;
      const on = to.write(chunk);
      const ms = (chunk.length / bytesPerSecond) * 1000;
      if (ms < 1 && on) return;
      from.pause();
      if (ms >= 1) setTimeout(() => from.resume(), ms);
      else to.once('drain', () => from.resume());
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
  const server = createServer((client) => {
    if (!whole) return client.destroy();
    const inner = connect({ host: '127.0.0.1', port: target, noDelay: true });
    const pair: [Socket, Socket] = [client.setNoDelay(true), inner];
    pairs.add(pair);
    client.once('close', () => pairs.delete(pair));
    carry(client, inner, false);
    carry(inner, client, true);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  function cut(): void {
    whole = false;
    // A reset, as when a cable is pulled or a firewall forgets: nothing is said to either side.
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
  }
  return {
    port: (server.address() as AddressInfo).port,
    /** Every connection breaks off in the middle; new ones are refused until `heal`. */
    cut,
    heal(): void {
      whole = true;
      answered = true;
    },
    /** Requests still arrive, but nothing comes back: what the server does now is known to nobody. */
    loseAnswers(): void {
      answered = false;
    },
    /** For each connection and way. */
    limit(bytes: number): void {
      bytesPerSecond = bytes;
    },
    async stop(): Promise<void> {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
