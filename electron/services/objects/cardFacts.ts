import type { ObjectCard, ObjectState } from '../../../shared/objects.ts';

/** What an ETag is (minio.md 3.4). MD5 only as far as the server was not started with `--no-compat`. Pure. */
export function etagKind({ etag, encryption }: { etag: string | undefined; encryption: ObjectState }): ObjectCard['etagKind'] {
  if (etag === undefined || etag === '') return undefined;
  if (/^20000f00[0-9a-f]{88}$/.test(etag)) return 'sealed';
  if (/^[0-9a-f]{32}-\d+$/.test(etag)) return 'multipart';
  const told = encryption.state === 'plaintext' || encryption.state === 'sse-s3';
  return told && /^[0-9a-f]{32}$/.test(etag) ? 'md5' : 'opaque';
}

/** Parts by an ETag's end; undefined: it was written in one. Pure. */
export function partsOf(etag: string | undefined): number | undefined {
  const parts = /^[0-9a-f]{32}-(\d+)$/.exec(etag ?? '')?.[1];
  return parts === undefined ? undefined : Number(parts);
}

/** Bytes of one copy on disk: 32 more for each 64 KiB that is encrypted (minio.md 3.3). Undefined where the state is not known. Pure. */
export function diskSize(size: number, state: ObjectState['state']): number | undefined {
  if (state === 'plaintext') return size;
  if (state === 'unknown' || state === 'notRead') return undefined;
  return size + 32 * Math.ceil(size / 65_536);
}
