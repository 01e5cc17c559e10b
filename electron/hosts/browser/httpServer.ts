import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Pipe } from '../../../shared/rpc/frames.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import type { FileStore, OfferedFile } from '../../platform/files.ts';
import type { Log } from '../../platform/log.ts';
import { gate } from './requestGate.ts';
import { createSessions } from './session.ts';
import { acceptWindows } from './socketPipe.ts';
import { contentSecurityPolicy, readStaticFiles, securityHeaders, startPage } from './staticFiles.ts';

export interface BrowserHost {
  readonly port: number;
  /** A new one-time address; the token is in the fragment, which no server and no log ever sees. */
  newAddress(): { url: string };
  /** Resolves when an address was used (true) or is too old (false). */
  opened(url: string): Promise<boolean>;
  close(): Promise<void>;
}
interface Options {
  windowFolder: string;
  files: FileStore;
  log: Log;
  port: number;
  onWindow(pipe: Pipe): void;
}

const maxSessionBody = 4096;
const bodyWithinMs = 5000;
const tokenPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Serves the window on 127.0.0.1. Its files are for anybody there; data needs a bearer. Throws `windowNotBuilt`, `windowPort`. */
export async function startBrowserHost({ windowFolder, files, log, port, onWindow }: Options): Promise<BrowserHost> {
  const pages = readStaticFiles(windowFolder);
  if (!pages.has('/index.html')) throw new AppError('windowNotBuilt', { path: windowFolder });
  const sessions = createSessions();
  const windows = acceptWindows({ check: sessions.check, onWindow });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? '';
    const path = (request.url ?? '').split('?')[0] ?? '';
    const verdict = gate({ method, path, headers: request.headers, headersDistinct: request.headersDistinct });
    for (const [name, value] of Object.entries(securityHeaders())) response.setHeader(name, value);
    if (!verdict.allowed) return refuse(response, verdict.status, verdict.reason);
    if (path === '/session') return method === 'POST' ? exchange(request, response) : refuse(response, 405, 'POST only');
    if (path.startsWith('/upload/')) return method === 'PUT' ? upload(request, response, path) : refuse(response, 405, 'PUT only');
    if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405, 'GET only');
    if (path.startsWith('/download/')) return method === 'GET' ? download(response, path) : refuse(response, 405, 'GET only');
    return page(request, response, path);
  }

  function page(request: IncomingMessage, response: ServerResponse, path: string): void {
    const nonce = randomBytes(18).toString('base64');
    response.setHeader('Content-Security-Policy', contentSecurityPolicy(nonce));
    const start = path === '/' || path === '/index.html';
    const file = pages.get(start ? '/index.html' : path);
    if (!file) {
      refuse(response, 404, 'Not here');
      return;
    }
    const packed = !start && /\bgzip\b/.test(String(request.headers['accept-encoding'])) ? file.gzipped : undefined;
    const body = start ? startPage(pages, nonce) : (packed ?? file.body);
    if (packed) response.setHeader('Content-Encoding', 'gzip');
    response.setHeader('Content-Type', file.type);
    response.setHeader('Content-Length', body?.length ?? 0);
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return refuse(response, 415, 'JSON only');
    const body = await readBody(request);
    if (body === undefined) return refuse(response, 413, 'Too large or too slow');
    const input = z.strictObject({ token: z.string().max(200) }).safeParse(parseJson(body));
    const session = input.success ? sessions.exchange(input.data.token) : undefined;
    if (!session) return refuse(response, 401, 'This address was used already or is too old');
    sendJson(response, 200, session);
  }

  async function upload(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const token = path.slice('/upload/'.length);
    const bearer = /^Bearer (.{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
    if (!bearer || !sessions.check(bearer)) return refuse(response, 401, 'No bearer');
    if (!tokenPattern.test(token)) return refuse(response, 404, 'Not here');
    try {
      await files.receive(token, request);
      response.writeHead(204).end();
    } catch (error) {
      const code = isAppError(error) ? error.code : 'internal';
      if (!isAppError(error)) log.error('upload', { error });
      response.setHeader('Connection', 'close');
      sendJson(response, code === 'fileTokenUnknown' ? 404 : 409, { error: code, details: isAppError(error) ? error.details : {} });
    }
  }

  async function download(response: ServerResponse, path: string): Promise<void> {
    const ticket = path.slice('/download/'.length);
    const file = tokenPattern.test(ticket) ? files.take(ticket) : undefined;
    if (!file) return refuse(response, 404, 'This download was used already or is too old');
    for (const [name, value] of Object.entries(downloadHeaders(file))) response.setHeader(name, value);
    if (isStream(file.content)) await pipeline(file.content, response).catch(() => undefined);
    else response.end(file.content);
  }

  const server = createServer({ connectionsCheckingInterval: 2000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error('request', { error });
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'Defect');
    });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 0; // uploads may take hours; the small bodies have a limit of their own
  server.keepAliveTimeout = 5000;
  server.maxConnections = 200;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const { headers, headersDistinct } = request;
    const verdict = gate({ method: 'GET', path, headers, headersDistinct, upgrade: true });
    if (verdict.allowed && path === '/socket') windows.upgrade(request, socket, head);
    else socket.end(`HTTP/1.1 ${verdict.allowed ? '404 Not Found' : `${verdict.status} Refused`}\r\nConnection: close\r\n\r\n`);
  });
  await listen(server, port);
  const bound = (server.address() as AddressInfo).port;
  const address = `http://127.0.0.1:${bound}/`;
  log.info('browser host listens', { address });

  return {
    port: bound,
    newAddress: () => ({ url: `${address}#token=${sessions.issue().token}` }),
    opened: (url) => sessions.settled(url.split('#token=')[1] ?? ''),
    async close() {
      windows.close();
      sessions.close();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  try {
    await new Promise<void>((done, failed) => {
      server.once('error', failed);
      server.listen(port, '127.0.0.1', done);
    });
  } catch (error) {
    throw new AppError('windowPort', { port, reason: reasonOf(error) }, { cause: error });
  }
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  // The rest of a refused body is not worth reading.
  response.setHeader('Connection', 'close');
  sendJson(response, status, { error: reason });
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const timer = setTimeout(() => request.destroy(), bodyWithinMs);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxSessionBody) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isStream(content: OfferedFile['content']): content is Readable {
  return typeof content === 'object' && 'pipe' in content;
}

/** The name is kept in both forms: plain for old readers, percent-encoded UTF-8 for the rest (RFC 6266). */
export function downloadHeaders(file: OfferedFile): Record<string, string> {
  const plain = file.name.replace(/[^\w.-]/g, '_');
  return {
    'Content-Type': file.type,
    ...(file.size === undefined ? {} : { 'Content-Length': String(file.size) }),
    'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'Content-Security-Policy': "default-src 'none'; sandbox",
  };
}
