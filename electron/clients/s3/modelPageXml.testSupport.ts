import type { ListingQuery, ModelObject, ModelPage } from './modelBucket.testSupport.ts';

const sse = 'X-Amz-Server-Side-Encryption';
const owner = '<Owner><ID>02d6176db174dc93cb1b899f7c6078f08654445fe8cf1b6ce98d8855f66bdbf4</ID><DisplayName>minio</DisplayName></Owner>';

/** Go's `url.QueryEscape` with `/` and `*` kept, as MinIO writes keys. */
export function encodeModelKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
    .replace(/[~!'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' })[c] ?? c);
}

/** The page byte for byte as MinIO writes it (seen on RELEASE.2025-10-15). */
export function writeModelPage(bucket: string, query: ListingQuery, page: ModelPage, given: Readonly<Record<string, string>>): string {
  const { prefix, delimiter, maxKeys, versions, metadata } = query;
  const entries = page.entries.map(({ key, object, latest }) => writeEntry(key, object, latest, versions, metadata)).join('');
  const prefixes = page.prefixes.map((name) => `<CommonPrefixes><Prefix>${encodeModelKey(name)}</Prefix></CommonPrefixes>`).join('');
  const marker = (value: string): string => `${value}[minio_cache:v2,return:]`;
  const limits = `<MaxKeys>${maxKeys}</MaxKeys>${delimiter === '' ? '' : `<Delimiter>${encodeModelKey(delimiter)}</Delimiter>`}<IsTruncated>${page.truncated}</IsTruncated>`;
  const name = `<Name>${bucket}</Name><Prefix>${encodeModelKey(prefix)}</Prefix>`;
  if (versions) {
    const next = page.truncated ? `<NextKeyMarker>${encodeModelKey(marker(page.last))}</NextKeyMarker>` : '';
    const head = `${name}<KeyMarker>${encodeModelKey(given['key-marker'] ?? '')}</KeyMarker>${next}<NextVersionIdMarker>${page.truncated ? page.lastVersion : ''}</NextVersionIdMarker><VersionIdMarker>${escapeXml(given['version-id-marker'] ?? '')}</VersionIdMarker>${limits}`;
    return `<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${head}${prefixes}${entries}<EncodingType>url</EncodingType></ListVersionsResult>`;
  }
  const startAfter = given['start-after'] === undefined ? '' : `<StartAfter>${encodeModelKey(given['start-after'])}</StartAfter>`;
  const token = given['continuation-token'] === undefined ? '' : `<ContinuationToken>${given['continuation-token']}</ContinuationToken>`;
  const next = page.truncated ? `<NextContinuationToken>${Buffer.from(marker(page.last)).toString('base64')}</NextContinuationToken>` : '';
  const head = `${name}${startAfter}${token}${next}<KeyCount>${page.entries.length + page.prefixes.length}</KeyCount>${limits}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${head}${entries}${prefixes}<EncodingType>url</EncodingType></ListBucketResult>`;
}

function writeEntry(key: string, object: ModelObject, latest: boolean, versions: boolean, metadata: boolean): string {
  const { size = object.deleteMarker ? 0 : 5, state = 'plaintext', deleteMarker = false } = object;
  const modified = new Date(modifiedOf(object)).toISOString();
  const tag = versions ? (deleteMarker ? 'DeleteMarker' : 'Version') : 'Contents';
  const etag = deleteMarker ? '' : `&#34;${etagOf(object)}&#34;`;
  const hidden = !metadata || state === 'unknown';
  const shards = `<Internal><K>${deleteMarker ? 0 : 1}</K><M>0</M></Internal>`;
  const extra = hidden
    ? ''
    : `${deleteMarker ? '' : `<UserMetadata>${object.metadata ?? metadataOf(object)}</UserMetadata>`}${object.internal === false ? '' : shards}`;
  const version = versions ? `<IsLatest>${latest}</IsLatest><VersionId>${object.versionId ?? 'null'}</VersionId>` : '';
  return `<${tag}><Key>${encodeModelKey(key)}</Key><LastModified>${modified}</LastModified><ETag>${etag}</ETag><Size>${size}</Size>${versions ? owner : ''}<StorageClass>STANDARD</StorageClass>${extra}${version}</${tag}>`;
}

export function modifiedOf({ modifiedAt = Date.UTC(2026, 0, 1) }: ModelObject): number {
  return modifiedAt;
}

export function etagOf({ etag = '5d41402abc4b2a76b9719d911017c592' }: ModelObject): string {
  return etag;
}

function metadataOf(object: ModelObject): string {
  const type = '<content-type>binary/octet-stream</content-type>';
  return Object.entries(encryptionOf(object, 'title')).reduce((all, [name, value]) => `${all}<${name}>${escapeXml(value)}</${name}>`, type);
}

/** Entries of the page, or with `lower` headers of HEAD, GET and PUT. */
export function encryptionOf({ state, kmsKey, context }: ModelObject, spelling: 'title' | 'lower'): Record<string, string> {
  const entries: Record<string, string> = {};
  if (state === 'sse-s3') entries[sse] = 'AES256';
  if (state === 'sse-kms') Object.assign(entries, { [sse]: 'aws:kms', [`${sse}-Aws-Kms-Key-Id`]: `arn:aws:kms:${kmsKey ?? 'model-key'}` });
  if (state === 'sse-kms' && context) entries[`${sse}-Context`] = 'eyJhIjoiYiJ9';
  if (state === 'sse-c' || state === 'unreadable') entries[`${sse}-Customer-Algorithm`] = 'AES256';
  return spelling === 'title' ? entries : Object.fromEntries(Object.entries(entries).map(([name, value]) => [name.toLowerCase(), value]));
}
