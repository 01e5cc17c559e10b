import { z } from 'zod';
import { bareTag } from './objectFacts.ts';
import { explainCustomerKey, meaning } from './objectFailures.ts';
import { customerHeaders, descriptionHeaders, encryptHeaders, lockHeaders, sourceCustomerPrefix } from './objectHeaders.ts';
import { refuseName } from './objectName.ts';
import { pathOf } from './objectReads.ts';
import type { ObjectSender } from './objectSender.ts';
import type { At, ObjectClient } from './objectTypes.ts';
import { canonicalUrl } from './sigv4.ts';
import { readLeaves, readXml } from './smallXml.ts';

/** Nothing comes until the last byte was rewritten (minio.md 3.6). A host that is gone is noticed by TCP; a cancel ends it at once. */
const leastMs = 60 * 60_000;
const slowestBytesPerMs = 2_000;

const copied = z.object({ ETag: z.string().min(1) });

/** CopyObject, as it is: what MinIO loses on the way is the business of `safeCopy.ts`. */
export function copyCall(sender: ObjectSender): ObjectClient['copy'] {
  return async ({ from, to, encrypt, ifMatch, replace, lock, storageClass, size = 0, signal }) => {
    refuseName(to.key);
    const headers: Record<string, string> = {
      'x-amz-copy-source': sourceOf(from),
      ...customerHeaders(from.customerKey, sourceCustomerPrefix),
      ...encryptHeaders(encrypt),
      ...lockHeaders(lock),
      ...(ifMatch === undefined ? {} : { 'x-amz-copy-source-if-match': `"${bareTag(ifMatch)}"` }),
      ...(storageClass === undefined ? {} : { 'x-amz-storage-class': storageClass }),
      ...(replace
        ? { 'x-amz-metadata-directive': 'REPLACE', ...replace.headers, ...descriptionHeaders({ metadata: replace.metadata }) }
        : {}),
    };
    const firstByteMs = leastMs + size / slowestBytesPerMs;
    const work = sender.demand({ method: 'PUT', bucket: to.bucket, key: to.key, headers, signal, firstByteMs });
    try {
      const { headers: said, text } = await meaning(work, 412, 'objectChanged');
      const { ETag } = readLeaves(readXml(text, sender.host), copied, sender.host);
      const versionId = said['x-amz-version-id'];
      return { etag: bareTag(ETag), ...(versionId === undefined ? {} : { versionId }) };
    } catch (error) {
      if (!from.customerKey) throw error;
      throw await explainCustomerKey(error, () => sender.demand({ method: 'HEAD', ...pathOf(from), signal }));
    }
  };
}

/** `/bucket/key?versionId=…`, with the key encoded as in a URL. */
function sourceOf({ bucket, key, versionId }: At): string {
  const { pathname, search } = canonicalUrl('http://source', [bucket, key], versionId === undefined ? {} : { versionId });
  return `${pathname}${search}`;
}
