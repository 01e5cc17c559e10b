import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

/** True when something takes a TCP connection there. */
export async function portAnswers(host: string, port: number, timeoutMs = 1000): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.setTimeout(timeoutMs, () => resolve(false));
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}

/** True when a server could listen there: nobody answers and the system lets us bind. Some systems allow one without the other. */
export async function portIsFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  if (await portAnswers(host, port)) return false;
  return (await bind(port, host)) !== undefined;
}

/** The port that a Go program could not listen on, by what it printed when it ended. */
export function refusedPort(printed: string): number | undefined {
  const port = /listen tcp[46]? \S*:(\d{1,5}): bind: (?:address already in use|Only one usage)/.exec(printed)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** How many ports below the system's own range each user of `SEALDECK_PORT_SHIFT` has. */
const ownRange = 2_700;
let lastOwn = randomInt(ownRange);

/**
 * A port that was free a moment ago, chosen by the system. It may give a port that nobody has opened yet twice: where
 * `SEALDECK_PORT_SHIFT` keeps two users of one machine apart, each takes them one after the other from a range of its own.
 */
export async function freePort(host = '127.0.0.1', shift = Number(process.env.SEALDECK_PORT_SHIFT) || 0): Promise<number> {
  for (let tries = 0; shift > 0 && tries < ownRange; tries += 1) {
    // Not the next one: a Vault without a word about it takes its neighbour for the cluster.
    lastOwn = (lastOwn + 7) % ownRange;
    const own = 20_000 + shift + lastOwn;
    if (await portIsFree(own, host)) return own;
  }
  const port = await bind(0, host);
  if (port === undefined) throw new Error(`no free port on ${host}`);
  return port;
}

function bind(port: number, host: string): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}
