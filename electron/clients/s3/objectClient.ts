import { createListingClient } from './listingClient.ts';
import { checksumHeaders, confirmed, digestsOf } from './objectChecksum.ts';
import { copyCall } from './objectCopy.ts';
import { bareTag } from './objectFacts.ts';
import { meaning } from './objectFailures.ts';
import { descriptionHeaders, encryptHeaders } from './objectHeaders.ts';
import { intoCall } from './objectInto.ts';
import { refuseName } from './objectName.ts';
import { partCalls } from './objectParts.ts';
import { pathOf, readCalls } from './objectReads.ts';
import { createObjectSender } from './objectSender.ts';
import { stateFromHeaders } from './objectState.ts';
import type { ObjectClient } from './objectTypes.ts';
import type { S3Endpoint } from './signedClient.ts';

/** `connections`: most requests at once; more wait here. */
export function createObjectClient(endpoint: S3Endpoint, { connections = 32 }: { connections?: number } = {}): ObjectClient {
  const { url, ca, credentials } = endpoint;
  const sender = createObjectSender(endpoint, connections);
  const { accessKey, secretKey, sessionToken } = credentials;
  // Opens its connection only for lists of versions.
  const clear = { secretKey: secretKey.reveal(), sessionToken: sessionToken?.reveal() };
  const listing = createListingClient({ url, ca, accessKey, ...clear }, { connections: 4 });

  const reads = readCalls(sender, listing);

  return {
    host: sender.host,
    ...partCalls(sender),
    ...reads,
    getInto: intoCall(sender, reads.get),
    copy: copyCall(sender),

    async put({ bucket, key }, body, { signal, onlyNew, ...options }) {
      refuseName(key);
      const { hex, base64 } = digestsOf(body);
      const headers: Record<string, string> = {
        ...encryptHeaders(options.encrypt),
        ...descriptionHeaders(options),
        [checksumHeaders.whole]: base64,
        ...(onlyNew ? { 'if-none-match': '*' } : {}),
      };
      const work = sender.demand({ method: 'PUT', bucket, key, headers, payload: body, payloadHash: hex, signal });
      const { headers: said } = await meaning(work, 412, 'objectExists');
      const checksum = confirmed('whole', base64, said, `${bucket}/${key}`);
      const versionId = said['x-amz-version-id'];
      return {
        etag: bareTag(said.etag ?? ''),
        encryption: stateFromHeaders(said),
        ...(versionId === undefined ? {} : { versionId }),
        ...(checksum ? { checksum } : {}),
      };
    },

    async remove(at, { bypassGovernance = false } = {}) {
      const { headers } = await sender.demand({
        method: 'DELETE',
        ...pathOf(at),
        headers: bypassGovernance ? { 'x-amz-bypass-governance-retention': 'true' } : {},
        repeatable: at.versionId !== undefined,
      });
      const versionId = headers['x-amz-version-id'];
      return { deleteMarker: headers['x-amz-delete-marker'] === 'true', ...(versionId === undefined ? {} : { versionId }) };
    },

    async close() {
      await Promise.all([sender.close(), listing.close()]);
    },
  };
}
