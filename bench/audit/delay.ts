// A proxy that adds time to both ways of a connection, in a thread of its own so that it does not share the measured one.
import { connect, createServer, type Socket } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

export interface Delay {
  /** Where to connect instead of the server. */
  port: number;
  end(): Promise<void>;
}

/** Adds `ms` to each round trip to a port of 127.0.0.1. */
export async function startDelay(port: number, ms: number): Promise<Delay> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { port, ms } });
  const listening = await new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  return { port: listening, end: async () => void (await worker.terminate()) };
}

if (!isMainThread && parentPort) {
  const { port, ms } = workerData as { port: number; ms: number };
  const server = createServer((client) => {
    const target = connect({ host: '127.0.0.1', port, noDelay: true });
    client.setNoDelay(true);
    // One way carries the whole delay: timers are no finer than a millisecond.
    late(client, target, ms);
    late(target, client, 0);
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    parentPort?.postMessage(typeof address === 'object' ? address?.port : 0);
  });
}

function late(from: Socket, to: Socket, ms: number): void {
  from.on('data', (chunk) => {
    if (ms === 0) to.write(chunk);
    else setTimeout(() => to.writable && to.write(chunk), ms);
  });
  from.on('end', () => setTimeout(() => to.end(), ms));
  from.on('error', () => to.destroy());
  from.on('close', () => setTimeout(() => to.destroy(), ms));
}
