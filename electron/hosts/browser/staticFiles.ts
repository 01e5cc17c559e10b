import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface StaticFile {
  type: string;
  body: Buffer;
  /** The same, packed by the build: a window that comes through an SSH forward is there sooner. */
  gzipped?: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.txt': 'text/plain; charset=utf-8',
};

/** All files of the built window by their path, read once. A request only looks names up here: no path is ever joined from outside. */
export function readStaticFiles(folder: string): Map<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  const walk = (at: string, prefix: string): void => {
    for (const name of readdirSync(at)) {
      const path = join(at, name);
      const type = types[extname(name)];
      if (statSync(path).isDirectory()) walk(path, `${prefix}${name}/`);
      else if (type) {
        const packed = `${path}.gz`;
        files.set(`${prefix}${name}`, { type, body: readFileSync(path), ...(existsSync(packed) ? { gzipped: readFileSync(packed) } : {}) });
      }
    }
  };
  try {
    walk(folder, '/');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return files;
}

const noncePlace = '__CSP_NONCE__';

/** The start page with this answer's nonce, or `undefined` when the window was not built. */
export function startPage(files: ReadonlyMap<string, StaticFile>, nonce: string): Buffer | undefined {
  const page = files.get('/index.html');
  return page && Buffer.from(page.body.toString('utf8').replaceAll(noncePlace, nonce));
}

/** Nothing from elsewhere, no inline script; styles only from files or with this answer's nonce. */
export function contentSecurityPolicy(nonce: string, connect = "'self'"): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src ${connect}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function securityHeaders(): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Frame-Options': 'DENY',
    'Cache-Control': 'no-store',
  };
}
