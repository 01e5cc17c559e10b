import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Listed, ListingClient, Page, PageRequest } from '../../../clients/s3/listing.ts';
import { listModel, type ModelBucket } from '../../../clients/s3/modelBucket.testSupport.ts';

/** What MinIO takes for its own note, and drops with all that follows (minio.md 4.1). */
function withoutNote(marker: string): string {
  return marker.includes('[minio_cache:v2') ? marker.slice(0, marker.lastIndexOf('[')) : marker;
}

const note = '[minio_cache:v2,return:]';

/** One page of a model bucket, as the raw client would have read it from a model server. */
export function pageOfModel(bucket: ModelBucket, request: PageRequest): Page {
  const { token, versions, prefix, delimiter = '', maxKeys = 1000 } = request;
  const marker = token === undefined ? (request.after ?? '') : 'continuation' in token ? token.continuation : token.keyMarker;
  const versionAfter = token === undefined ? request.versionAfter : 'versionMarker' in token ? token.versionMarker : undefined;
  const query = { versions, metadata: true, prefix, delimiter, maxKeys: Math.min(1000, maxKeys), after: withoutNote(marker) };
  const page = listModel(bucket, { ...query, versionAfter: versionAfter ?? '', marked: marker !== '' });
  const entries = page.entries.map(({ key, object, latest }): Listed => {
    const { versionId, deleteMarker = false, size = 5, modifiedAt = 0, state = 'plaintext', context = false } = object;
    const told = { key, latest, deleteMarker, size, modifiedAt, etag: '', context };
    return { ...told, ...(deleteMarker ? {} : { state }), ...(versions ? { versionId: versionId ?? 'null' } : {}) };
  });
  const next = versions ? { keyMarker: page.last + note, versionMarker: page.lastVersion } : { continuation: page.last + note };
  return { entries, prefixes: page.prefixes, bytes: 100, ...(page.truncated ? { next } : {}) };
}

/** A listing client in memory: the same buckets and rules as the model server, without its cost. `wait` is the latency. */
export function memoryListing(buckets: Record<string, ModelBucket>, wait: (request: PageRequest) => Promise<void>): ListingClient {
  return {
    host: 'model:1',
    async page(request) {
      await wait(request);
      if (request.signal?.aborted) throw new AppError('cancelled');
      const bucket = buckets[request.bucket];
      if (!bucket)
        throw new AppError('bucketMissing', {
          name: request.bucket,
          code: 'NoSuchBucket',
          status: 404,
          message: '',
          where: request.bucket,
        });
      return pageOfModel(bucket, request);
    },
    head: () => Promise.reject(new Error('not asked here')),
    headWithAnyKey: () => Promise.reject(new Error('not asked here')),
    readByte: () => Promise.reject(new Error('not asked here')),
    ready: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  };
}
