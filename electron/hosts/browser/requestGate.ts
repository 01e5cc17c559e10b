import type { IncomingHttpHeaders } from 'node:http';

export type Verdict = { allowed: true } | { allowed: false; status: 403 | 421; reason: string };

const loopbackHost = /^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/;
const refuse = (status: 403 | 421, reason: string): Verdict => ({ allowed: false, status, reason });

/**
 * May this request be looked at? `Host` must name loopback (any port, for SSH forwards), which stops DNS rebinding.
 * `Origin` must equal it wherever a browser sends one, and must be there when something is written or a socket opened.
 */
export function gate(request: { method: string; path: string; headers: IncomingHttpHeaders; upgrade?: boolean }): Verdict {
  const { method, headers } = request;
  const host = headers.host ?? '';
  if (!loopbackHost.test(host)) return refuse(421, 'Host is not this machine');
  const reads = (method === 'GET' || method === 'HEAD') && request.upgrade !== true;
  if (headers.origin === undefined ? !reads : headers.origin !== `http://${host}`) return refuse(403, 'Origin is foreign');
  const site = headers['sec-fetch-site'];
  // The start page is opened from outside, by the redirect file or a typed address; it holds no data.
  const opensPage = reads && request.path === '/' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !opensPage) return refuse(403, 'Request comes from another site');
  return { allowed: true };
}
