import { fromWire } from './objectHeaders.ts';
import { stateFromHeaders } from './objectState.ts';
import type { Checksum, Lock, ObjectFacts } from './objectTypes.ts';

const sse = 'x-amz-server-side-encryption';
const metaPrefix = 'x-amz-meta-';
/** What a copy with REPLACE would lose unless it is sent again. */
const described = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
];

/** What the headers of a HEAD or GET answer say. */
export function factsOf(headers: Readonly<Record<string, string>>): ObjectFacts {
  const { 'last-modified': modified, 'x-amz-version-id': versionId, 'content-type': contentType } = headers;
  const time = Date.parse(modified ?? '');
  const etag = bareTag(headers.etag ?? '');
  const parts = /-(\d+)$/.exec(etag)?.[1];
  const context = contextIn(headers[`${sse}-context`]);
  const md5 = headers[`${sse}-customer-key-md5`];
  const lock = lockIn(headers);
  const [storageClass, tagCount] = [headers['x-amz-storage-class'], headers['x-amz-tagging-count']];
  return {
    size: Number(headers['content-range']?.split('/')[1] ?? headers['content-length'] ?? 0),
    etag,
    encryption: stateFromHeaders(headers),
    checksums: checksumsIn(headers),
    metadata: metadataIn(headers),
    headers: Object.fromEntries(described.flatMap((name) => (headers[name] === undefined ? [] : [[name, fromWire(headers[name])]]))),
    ...(Number.isNaN(time) ? {} : { modifiedAt: new Date(time).toISOString() }),
    ...(versionId === undefined ? {} : { versionId }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(context === undefined ? {} : { context }),
    ...(md5 === undefined ? {} : { customerKeyMd5: md5 }),
    ...(parts === undefined ? {} : { parts: Number(parts) }),
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(lock === undefined ? {} : { lock }),
    ...(tagCount === undefined ? {} : { tagCount: Number(tagCount) }),
  };
}

export function bareTag(etag: string): string {
  return etag.replace(/^(?:W\/)?"|"$/g, '');
}

export function checksumsIn(headers: Readonly<Record<string, string>>): Checksum[] {
  const found: Checksum[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const algorithm = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/.exec(name)?.[1];
    if (algorithm !== undefined)
      found.push({
        algorithm: algorithm.toUpperCase(),
        value,
        composite: headers['x-amz-checksum-type'] === 'COMPOSITE' || /-\d+$/.test(value),
      });
  }
  return found;
}

function metadataIn(headers: Readonly<Record<string, string>>): Record<string, string> {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(metaPrefix));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(metaPrefix.length), fromWire(value)]));
}

/** Base64 of a JSON object, with sorted keys whatever the client sent (minio.md 3.2). What is not one is no context of ours to send again. */
function contextIn(header: string | undefined): Record<string, string> | undefined {
  if (header === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
  } catch {
    return undefined;
  }
}

function lockIn(headers: Readonly<Record<string, string>>): Lock | undefined {
  const mode = headers['x-amz-object-lock-mode'];
  const until = headers['x-amz-object-lock-retain-until-date'];
  const hold = headers['x-amz-object-lock-legal-hold'];
  const lock: Lock = {
    ...(mode === 'GOVERNANCE' || mode === 'COMPLIANCE' ? { mode } : {}),
    ...(until === undefined ? {} : { until }),
    ...(hold === undefined ? {} : { hold: hold === 'ON' }),
  };
  return Object.keys(lock).length > 0 ? lock : undefined;
}
