import { connect } from 'node:net';
import { expect } from 'vitest';
import { WebSocket } from 'ws';

/** The browser host of a running engine as a stranger on this machine sees it, and as a right window does. */
export interface Target {
  port: number;
  /** A one-time token, as only the engine's owner gets one. */
  token(): Promise<string>;
}

export interface Answered {
  status: number;
  head: string;
  body: string;
}

export const newline = '\r\n';
export const headersOf = (port: number): string[] => [`Host: 127.0.0.1:${port}`, 'Connection: close'];
export const ownOrigin = (port: number): string => `Origin: http://127.0.0.1:${port}`;

/** Sends bytes exactly as they are and reads until the other side ends. `status` 0: it ended without an answer. */
export function sendRaw(port: number, bytes: string | Buffer, within = 15_000): Promise<Answered & { ms: number; all: string }> {
  return new Promise((done, failed) => {
    const started = Date.now();
    const socket = connect(port, '127.0.0.1');
    const timer = setTimeout(() => failed(new Error(`the host kept the connection open for ${within} ms`)), within);
    let all = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (all += chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      const [head = '', ...rest] = all.split('\r\n\r\n');
      done({ all, head, status: Number(/^HTTP\/1\.\d (\d+)/.exec(head)?.[1] ?? 0), body: rest.join('\r\n\r\n'), ms: Date.now() - started });
    });
    socket.write(bytes);
  });
}

/** One request; the lines of the head as they stand, so that tests may write what no client would. */
export function sendHead(port: number, first: string, lines: string[], body = ''): ReturnType<typeof sendRaw> {
  return sendRaw(port, [first, ...lines, '', body].join(newline));
}

/** The exchange of a token for a bearer as the window does it. */
export async function exchange(port: number, token: string): Promise<string> {
  const body = JSON.stringify({ token });
  const lines = [...headersOf(port), ownOrigin(port), 'Content-Type: application/json', `Content-Length: ${body.length}`];
  const answer = await sendHead(port, 'POST /session HTTP/1.1', lines, body);
  if (answer.status !== 200) throw new Error(`exchange was answered with ${answer.status}`);
  return /"bearer":"([^"]+)"/.exec(answer.body)?.[1] ?? '';
}

export function openSocket(port: number, headers: Record<string, string> = {}, path = '/socket'): Promise<WebSocket> {
  return new Promise((done, failed) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { origin: `http://127.0.0.1:${port}`, ...headers } });
    socket.on('open', () => done(socket));
    socket.on('error', failed);
  });
}

export function closeOf(socket: WebSocket): Promise<number> {
  return new Promise((done) => {
    socket.on('error', () => undefined);
    socket.on('close', (code) => done(code));
  });
}

export async function ownSocket({ port, token }: Target): Promise<WebSocket> {
  const bearer = await exchange(port, await token());
  const socket = await openSocket(port);
  socket.send(JSON.stringify({ bearer }));
  return socket;
}

/** Sends a frame and returns the first frame that answers to its id. */
export function ask(socket: WebSocket, frame: Record<string, unknown> & { id: number }): Promise<Record<string, unknown>> {
  return new Promise((done, failed) => {
    const listen = (data: unknown): void => {
      const answer = JSON.parse(String(data)) as Record<string, unknown>;
      if (answer.id !== frame.id) return;
      socket.off('message', listen);
      done(answer);
    };
    socket.on('message', listen);
    socket.on('close', (code) => failed(new Error(`closed with ${code}`)));
    socket.send(JSON.stringify(frame));
  });
}

/** A right window from its address to an answer of the engine. Throws where it is not served. */
export async function legitimateWindow(target: Target): Promise<void> {
  const page = await sendHead(target.port, 'GET / HTTP/1.1', headersOf(target.port));
  if (page.status !== 200 || !page.body.includes('<html')) throw new Error(`the start page was answered with ${page.status}`);
  const socket = await ownSocket(target);
  const answer = await ask(socket, { kind: 'call', id: 1, name: 'app.info', input: {} });
  socket.close();
  if (answer.kind !== 'result') throw new Error(`app.info was answered with ${JSON.stringify(answer)}`);
}

export type Attack = (target: Target) => Promise<void>;

/** Refused with one of these, and nothing of the window or a bearer in the answer. */
export async function refused(answer: ReturnType<typeof sendRaw>, ...statuses: number[]): Promise<void> {
  const { status, body, head } = await answer;
  expect(statuses, head).toContain(status);
  expect(body).not.toContain('<html');
  expect(body).not.toContain('"bearer"');
  expect(head.toLowerCase()).not.toContain('access-control-allow');
}
