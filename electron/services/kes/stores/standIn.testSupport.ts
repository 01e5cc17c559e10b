import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';
import { listen, makeAuthority } from '../../../platform/tls.testSupport.ts';
import { framed, type Said } from './grpc.testSupport.ts';

/**
 * Stand-ins for key stores that cannot be had here. They speak the documented calls well enough that the real KES starts
 * against them, creates, reads, lists and deletes keys; they are no claim about the products themselves.
 */
export interface Asked {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  host: string;
  headers: Readonly<Record<string, string | undefined>>;
  /** The body as JSON, or as a form; undefined when there is none. */
  body: unknown;
}
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}

export interface StandIn {
  /** `https://127.0.0.1:port`. */
  url: string;
  /** PEM of the CA that vouches for it. */
  ca: string;
  /** `METHOD path`, in the order of the calls. */
  calls: string[];
  close(): Promise<void>;
}

type Handle = (asked: Asked) => Answer | Promise<Answer>;
/** One call of gRPC: its path, the bearer token and the message. */
export type HandleGrpc = (path: string, bearer: string, message: Buffer) => Said;

/** A TLS server with HTTP/2 and HTTP/1.1, and a certificate of its own CA for these names. */
export async function serveStandIn(handle: Handle, names: readonly string[] = ['127.0.0.1', 'localhost'], grpc?: HandleGrpc) {
  const authority = await makeAuthority('key store CA');
  const { cert, key } = await authority.issue('server', { hosts: names });
  const calls: string[] = [];
  const sockets = new Set<Socket>();
  const server = createSecureServer({ cert, key: key.reveal(), allowHTTP1: true }, (request, response) => {
    void answer(request, response);
  });
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // A KES that does not believe the certificate breaks the handshake off.
  server.on('tlsClientError', () => undefined);

  async function answer(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (grpc && request.headers['content-type']?.startsWith('application/grpc')) {
      calls.push(request.url);
      sayGrpc(
        response,
        grpc(request.url, String(request.headers.authorization ?? '').replace(/^Bearer /, ''), Buffer.concat(chunks).subarray(5)),
      );
      return;
    }
    const url = new URL(request.url, 'https://stand-in');
    calls.push(`${request.method} ${url.pathname}`);
    const said = await handle({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      host: request.authority ?? request.headers.host ?? '',
      headers: request.headers as Record<string, string | undefined>,
      body: bodyOf(Buffer.concat(chunks).toString(), request.headers['content-type']),
    });
    const text = said.body === undefined ? '' : JSON.stringify(said.body);
    response.writeHead(said.status, { ...(text === '' ? {} : { 'content-type': 'application/json' }), ...said.headers });
    response.end(text);
  }

  const port = await listen(server);
  return {
    url: `https://127.0.0.1:${port}`,
    ca: authority.ca,
    calls,
    server,
    async close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function sayGrpc(response: Http2ServerResponse, said: Said): void {
  const whole = Buffer.isBuffer(said);
  response.writeHead(200, { 'content-type': 'application/grpc' });
  response.addTrailers(whole ? { 'grpc-status': '0' } : { 'grpc-status': String(said.code), 'grpc-message': said.message });
  if (whole) response.end(framed(said));
  else response.end();
}

function bodyOf(text: string, type: string | undefined): unknown {
  if (text === '') return undefined;
  return type?.includes('form-urlencoded') ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text);
}

/**
 * A service of the Internet by its real names: KES is told of an HTTPS proxy (`HTTPS_PROXY`), which leads every name to
 * the stand-in on this machine. The configuration stays as it would be for the real service.
 */
export async function serveBehindProxy(standIn: Awaited<ReturnType<typeof serveStandIn>>) {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const proxy = createServer().on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push(request.url ?? '');
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n', () => standIn.server.emit('connection', socket));
  });
  const port = await listen(proxy);
  return {
    proxy: `http://127.0.0.1:${port}`,
    /** Host and port of every tunnel that KES asked for. */
    asked,
    async close(): Promise<void> {
      for (const socket of open) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
      await standIn.close();
    },
  };
}
