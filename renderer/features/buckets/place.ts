import { useSyncExternalStore } from 'react';
import { type BucketRule, bucketName } from '../../../shared/minio.ts';

/** Where the page is: `#/minio`, `#/minio/rule/<bucket>`, `#/minio/what-wins`, `#/minio/require/<bucket>` or `#/minio/prefix/<bucket>[/<encoded prefix>]`. */
export type BucketsPlace =
  /** `rule`: its plan is open. */
  | { readonly page: 'grid'; readonly rule?: string }
  | { readonly page: 'wins' }
  | { readonly page: 'require'; readonly bucket: string }
  | { readonly page: 'prefix'; readonly bucket: string; readonly prefix: string };

/** The place in a fragment. Read raw: the router decodes once and would spoil a `%2F` in a name. Pure. */
export function placeIn(hash: string): BucketsPlace {
  const [first, second = '', third = ''] = hash.replace(/^#?\/?minio\/?/, '').split('/');
  if (first === 'what-wins') return { page: 'wins' };
  if (!bucketName.safeParse(second).success) return { page: 'grid' };
  if (first === 'rule') return { page: 'grid', rule: second };
  if (first === 'require') return { page: 'require', bucket: second };
  return first === 'prefix' ? { page: 'prefix', bucket: second, prefix: decoded(third) } : { page: 'grid' };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const gridAddress = '/minio';
export const winsAddress = '/minio/what-wins';
export const requireAddress = (bucket: string): string => `/minio/require/${bucket}`;

/** Three ways at once for one prefix. */
export const prefixAddress = (bucket: string, prefix = ''): string =>
  `/minio/prefix/${bucket}${prefix === '' ? '' : `/${encodeURIComponent(prefix)}`}`;

export type Ruled = Exclude<BucketRule, { kind: 'none' }>;

interface ToEncrypt {
  readonly auditId?: string;
  readonly prefix?: string;
  readonly rule?: Ruled;
}

/** Where plaintext of a bucket is encrypted: what is there now, or what an audit saw. The page there reads the query out of the fragment. */
export function inPlaceAddress(bucket: string, { auditId, prefix, rule }: ToEncrypt = {}): string {
  const query = new URLSearchParams({
    ...(auditId === undefined ? {} : { audit: auditId }),
    bucket,
    ...(prefix ? { prefix } : {}),
    ...(rule ? { to: rule.kind === 'sse-kms' ? `sse-kms:${rule.key}` : rule.kind } : {}),
  });
  return `#/in-place/new?${query}`;
}

function onHash(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useBucketsPlace(): BucketsPlace {
  const hash = useSyncExternalStore(onHash, () => location.hash);
  return placeIn(hash);
}
