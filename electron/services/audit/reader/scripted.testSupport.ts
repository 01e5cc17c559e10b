import { refused } from '../../../clients/s3/failures.ts';
import { compareKeys } from '../../../clients/s3/keyOrder.ts';
import type { Listed, ListingClient, ObjectAnswer, PageRequest } from '../../../clients/s3/listing.ts';
import {
  listModel,
  type ModelBucket,
  type ModelObject,
  type ModelRefusal,
  versionsOf,
} from '../../../clients/s3/modelBucket.testSupport.ts';

/** A model of the server behind the listing client, without a network: what fails, and how, is the test's choice. */
export function scriptedClient(bucket: ModelBucket) {
  const asked = { pages: 0, heads: 0, reads: 0, anyKey: 0 };
  let kms: 'works' | 'away' = 'works';

  function check(request: PageRequest, key: string, object: ModelObject): Listed {
    const refusal = kms === 'away' && object.state === 'sse-s3' ? away : object.blocks;
    if (refusal) throw refused({ message: '', ...refusal, where: request.bucket });
    return {
      key,
      ...(request.versions ? { versionId: object.versionId ?? 'null' } : {}),
      latest: true,
      deleteMarker: object.deleteMarker ?? false,
      size: object.size ?? 5,
      modifiedAt: object.modifiedAt ?? 0,
      etag: '',
      context: false,
      ...(object.deleteMarker || object.metadata !== undefined || object.state === 'unknown' ? {} : { state: object.state ?? 'plaintext' }),
      ...(object.kmsKey === undefined ? {} : { kmsKey: object.kmsKey }),
    };
  }

  function objectAt(key: string, versionId?: string): ModelObject | undefined {
    const { entries } = listModel(bucket, { ...nothing, prefix: key, maxKeys: 1000, versions: true });
    const own = entries.filter((entry) => entry.key === key).map(({ object }) => object);
    return versionId === undefined ? own[0] : own.find((object) => (object.versionId ?? 'null') === versionId);
  }

  const client: ListingClient = {
    host: 'model',
    async page(request) {
      asked.pages++;
      const { versions, prefix, delimiter = '', maxKeys = 1000, metadata = true, after = '', versionAfter = '' } = request;
      const marked = after !== '';
      if (versions && marked && !after.startsWith(prefix)) throw new Error('501: a marker outside the prefix');
      // A level listed with `/` hides the rest of the folder in which the marker lies.
      const folder = delimiter === '/' && after.startsWith(prefix) ? after.indexOf('/', prefix.length) : -1;
      const from = folder === -1 ? after : `${after.slice(0, folder + 1)}\u{10ffff}`;
      const page = listModel(bucket, { versions, metadata, prefix, delimiter, maxKeys, after: from, versionAfter, marked });
      const entries = page.entries.map(({ key, object, latest }) => ({ ...check(request, key, object), latest }));
      if (!metadata) for (const entry of entries) delete entry.state;
      const next = versions ? { keyMarker: page.last, versionMarker: page.lastVersion } : { continuation: page.last };
      return { entries, prefixes: page.prefixes, bytes: 0, ...(page.truncated ? { next } : {}) };
    },
    async head(_, key, versionId) {
      asked.heads++;
      const object = objectAt(key, versionId);
      if (!object) return no({ status: 404, code: 'NoSuchKey' });
      if (object.deleteMarker)
        return { ...no({ status: versionId === undefined ? 404 : 405, code: 'MethodNotAllowed' }), deleteMarker: true };
      const version = object.versionId === undefined ? {} : { versionId: object.versionId };
      if (object.state === 'unknown') return no({ status: 403, code: 'AccessDenied' });
      if (object.state === 'unreadable') return { ...no({ status: 206, code: 'XMinioObjectTampered' }), ...version };
      if (object.state === 'sse-c')
        return no({ status: 400, code: 'InvalidRequest', message: 'stored using a form of Server Side Encryption' });
      const encryption = { state: object.state ?? ('plaintext' as const), ...(object.kmsKey === undefined ? {} : { key: object.kmsKey }) };
      return { status: 200, encryption, size: object.size ?? 5, modifiedAt: object.modifiedAt ?? 0, etag: '', ...version };
    },
    async headWithAnyKey(_, key, versionId) {
      asked.anyKey++;
      const object = objectAt(key, versionId);
      return object?.state === 'sse-c' && !object.unreadable
        ? no({ status: 403, code: 'AccessDenied' })
        : no({ status: 400, code: 'XMinioEncryptionError' });
    },
    async readByte(_, key, versionId) {
      asked.reads++;
      const object = objectAt(key, versionId);
      if (!object) return no({ status: 404, code: 'NoSuchKey' });
      if (object.size === 0) return no({ status: 416, code: 'InvalidRange' });
      if (kms === 'away' && object.state?.startsWith('sse-')) return no(away);
      if (object.state === 'sse-c')
        return no({ status: 400, code: 'InvalidRequest', message: 'stored using a form of Server Side Encryption' });
      const refusal = object.unreadable ?? object.blocks;
      return refusal ? no(refusal) : { status: 206, encryption: { state: object.state ?? 'plaintext' } };
    },
    ready: async () => kms === 'works',
    close: async () => undefined,
  };
  return {
    client,
    asked,
    setKms(state: 'works' | 'away'): void {
      kms = state;
    },
    /** All that a listing should tell, in its order. */
    expected: (prefix = ''): { key: string; object: ModelObject }[] =>
      (bucket.keys as string[])
        .filter((key) => key.startsWith(prefix))
        .sort(compareKeys)
        .flatMap((key) => versionsOf(bucket, key).map((object) => ({ key, object }))),
  };
}

const nothing = { metadata: true, delimiter: '', after: '', versionAfter: '', marked: true } as const;
const away: ModelRefusal = { status: 500, code: 'kms:DecryptionFailed' };

function no({ status, code, message = '' }: ModelRefusal): ObjectAnswer {
  return { status, refusal: { code, message } };
}
