import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { protocol, type Session } from 'electron';
import { isAppError } from '../../../shared/rpc/errors.ts';
import type { OfferedFile } from '../../platform/files.ts';
import { downloadHeaders } from '../browser/httpServer.ts';
import { contentSecurityPolicy, readStaticFiles, securityHeaders, startPage } from '../browser/staticFiles.ts';
import { scheme } from './channels.ts';
import { isOwnPage } from './trustedSender.ts';

/** What the page sends and fetches beside frames: the file store of this process, or of the engine that it joined. */
export interface Transfers {
  receive(token: string, bytes: Readable): Promise<void>;
  take(ticket: string): Promise<OfferedFile | undefined>;
}

const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true };

/** Must run before Electron is ready. No bypass of the content policy, no service workers. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges }]);
}

/** Serves `app://sealdeck/`: the built files from a fixed list, uploads and one-time downloads. */
export function serveScheme(session: Session, options: { windowFolder: string; transfers(): Transfers | undefined }): void {
  const pages = readStaticFiles(options.windowFolder);
  session.protocol.handle(scheme, async (request) => {
    if (!isOwnPage(request.url)) return answer(403, 'Not here');
    const path = new URL(request.url).pathname;
    const token = /^\/(upload|download)\/([A-Za-z0-9_-]{1,64})$/.exec(path);
    if (token?.[1] === 'upload' && request.method === 'PUT') return upload(request, token[2] ?? '', options.transfers());
    if (request.method !== 'GET') return answer(405, 'GET only');
    if (token?.[1] === 'download') return download(token[2] ?? '', options.transfers());
    const start = path === '/' || path === '/index.html';
    const file = pages.get(start ? '/index.html' : path);
    if (!file) return answer(404, 'Not here');
    const nonce = randomBytes(18).toString('base64');
    const body = start ? startPage(pages, nonce) : file.body;
    const headers = { ...securityHeaders(), 'Content-Security-Policy': contentSecurityPolicy(nonce), 'Content-Type': file.type };
    return new Response(new Uint8Array(body ?? []), { status: 200, headers });
  });
}

async function upload(request: Request, token: string, transfers: Transfers | undefined): Promise<Response> {
  if (!transfers) return answer(503, 'connectionLost');
  try {
    const bytes = request.body ? Readable.fromWeb(request.body as WebStream) : Readable.from([]);
    await transfers.receive(token, bytes);
    return new Response(null, { status: 204, headers: securityHeaders() });
  } catch (error) {
    const code = isAppError(error) ? error.code : 'internal';
    return answer(code === 'fileTokenUnknown' ? 404 : 409, code);
  }
}

async function download(ticket: string, transfers: Transfers | undefined): Promise<Response> {
  const file = await transfers?.take(ticket);
  if (!file) return answer(404, 'This download was used already or is too old');
  const { content } = file;
  const body = content instanceof Readable ? content : Readable.from([Buffer.from(content)]);
  return new Response(Readable.toWeb(body) as ReadableStream, { status: 200, headers: { ...securityHeaders(), ...downloadHeaders(file) } });
}

function answer(status: number, error: string): Response {
  return new Response(JSON.stringify({ error }), { status, headers: { ...securityHeaders(), 'Content-Type': 'application/json' } });
}
