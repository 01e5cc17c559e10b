import { useSyncExternalStore } from 'react';
import { bucketName } from '../../../shared/minio.ts';

/** Where the page is: `#/minio`, `#/minio/what-wins` or `#/minio/require/<bucket>`. */
export type BucketsPlace = { readonly page: 'grid' } | { readonly page: 'wins' } | { readonly page: 'require'; readonly bucket: string };

/** The place in a fragment. Pure. */
export function placeIn(hash: string): BucketsPlace {
  const [first, second = ''] = hash.replace(/^#?\/?minio\/?/, '').split('/');
  if (first === 'what-wins') return { page: 'wins' };
  if (first === 'require' && bucketName.safeParse(second).success) return { page: 'require', bucket: second };
  return { page: 'grid' };
}

export const gridAddress = '/minio';
export const winsAddress = '/minio/what-wins';
export const requireAddress = (bucket: string): string => `/minio/require/${bucket}`;

/** Where plaintext of a bucket is encrypted; the page there reads the query out of the fragment. */
export function inPlaceAddress(bucket: string, auditId: string): string {
  return `#/in-place/new?${new URLSearchParams({ audit: auditId, bucket }).toString()}`;
}

function onHash(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useBucketsPlace(): BucketsPlace {
  const hash = useSyncExternalStore(onHash, () => location.hash);
  return placeIn(hash);
}
