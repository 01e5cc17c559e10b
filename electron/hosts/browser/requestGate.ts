import type { IncomingHttpHeaders } from 'node:http';

export type Verdict = { allowed: true } | { allowed: false; status: 403 | 421; reason: string };

interface GatedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** As node:http gives it: every header with all its values. */
  headersDistinct?: NodeJS.Dict<string[]>;
  upgrade?: boolean;
}

const loopbackHost = /^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/;
const refuse = (status: 403 | 421, reason: string): Verdict => ({ allowed: false, status, reason });

/**
 * May this request be looked at? `Host` must name loopback (any port, for SSH forwards), which stops DNS rebinding.
 * `Origin` must equal it wherever a browser sends one, and must be there when something is written or a socket opened.
 */
export function gate(request: GatedRequest): Verdict {
  const { method, headers } = request;
  const host = headers.host ?? '';
  // Node keeps the first of two; what stands before this host may have looked at the other.
  if (!loopbackHost.test(host) || (request.headersDistinct?.host ?? []).length > 1) return refuse(421, 'Host is not this machine');
  const reads = (method === 'GET' || method === 'HEAD') && request.upgrade !== true;
  if (headers.origin === undefined ? !reads : headers.origin !== `http://${host}`) return refuse(403, 'Origin is foreign');
  const site = headers['sec-fetch-site'];
  // The start page is opened from outside, by the redirect file or a typed address; it holds no data.
  const opensPage = reads && request.path === '/' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !opensPage) return refuse(403, 'Request comes from another site');
  return { allowed: true };
}
