import type { ObjectState } from '../../../shared/objects.ts';
import { stateFromValues } from './objectState.ts';

export interface ListedObject {
  key: string;
  size: number;
  modifiedAt?: string;
  /** Absent: the page does not say it, or says it in a way that cannot be trusted. Ask by HEAD. */
  encryption?: ObjectState;
}

export interface ListingPage {
  prefixes: string[];
  objects: ListedObject[];
  next?: string;
}

const sse = 'X-Amz-Server-Side-Encryption';
const encryptionNames = [sse, `${sse}-Aws-Kms-Key-Id`, `${sse}-Context`, `${sse}-Customer-Algorithm`];

/**
 * Reads a `list-type=2&metadata=true&encoding-type=url` page. MinIO writes the names of metadata as element names
 * without any check (minio.md 4.2), so the page can be ill-formed, or hold elements of an uploader's choice. Only this
 * grammar is read; inside `UserMetadata` only pairs with literally identical tags. A name that breaks it costs that
 * object its metadata. Returns `undefined` when the page as a whole, or its number of entries, does not fit.
 */
export function readListingPage(xml: string): ListingPage | undefined {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(xml);
    if (match) at = pattern.lastIndex;
    return match;
  };

  function entry(): ListedObject | undefined {
    const leaves = new Map<string, string>();
    let metadata: Map<string, string> | undefined;
    let internal = false;
    let broken = false;
    for (;;) {
      if (take(/<\/Contents>/y)) break;
      if (take(/<UserMetadata>/y)) {
        metadata = pairs();
        if (!metadata) {
          // Uploader's text from here on; a false end shows in the number of entries.
          broken = true;
          const end = xml.indexOf('</Contents>', at);
          if (end === -1) return undefined;
          at = end;
        }
      } else if (take(/<Internal>(?:<[KM]>\d+<\/[KM]>)*<\/Internal>/y)) internal = true;
      else if (!take(/<Owner>(?:<(ID|DisplayName)>[^<]*<\/\1>)*<\/Owner>/y)) {
        const leaf = take(/<([A-Za-z]+)>([^<]*)<\/\1>/y) ?? take(/<([A-Za-z]+)()\/>/y);
        if (!leaf || leaves.has(leaf[1] ?? '')) return undefined;
        leaves.set(leaf[1] ?? '', leaf[2] ?? '');
      }
    }
    const key = decodeKey(leaves.get('Key'));
    const modifiedAt = leaves.get('LastModified');
    if (key === undefined) return undefined;
    const encryption = broken ? undefined : stateOf(metadata, internal);
    return {
      key,
      size: Number(leaves.get('Size') ?? 0),
      ...(modifiedAt === undefined ? {} : { modifiedAt }),
      ...(encryption === undefined ? {} : { encryption }),
    };
  }

  function pairs(): Map<string, string> | undefined {
    const found = new Map<string, string>();
    while (!take(/<\/UserMetadata>/y)) {
      const pair = take(/<([A-Za-z0-9._-]+)>([^<]*)<\/\1>/y);
      const name = pair?.[1];
      if (name === undefined || found.has(name)) return undefined;
      found.set(name, pair?.[2] ?? '');
    }
    return found;
  }

  take(/\s*(?:<\?xml[^>]*\?>)?\s*/y);
  if (!take(/<ListBucketResult(?: [^<>]*)?>/y)) return undefined;
  const page: ListingPage = { prefixes: [], objects: [] };
  const head = new Map<string, string>();
  while (!take(/<\/ListBucketResult>\s*$/y)) {
    if (take(/<Contents>/y)) {
      const object = entry();
      if (!object) return undefined;
      page.objects.push(object);
      continue;
    }
    const prefix = take(/<CommonPrefixes><Prefix>([^<]*)<\/Prefix><\/CommonPrefixes>/y);
    if (prefix) {
      const name = decodeKey(prefix[1]);
      if (name === undefined) return undefined;
      page.prefixes.push(name);
      continue;
    }
    const leaf = take(/<([A-Za-z]+)>([^<]*)<\/\1>/y) ?? take(/<([A-Za-z]+)()\/>/y);
    if (!leaf) return undefined;
    // The server writes these before the first entry, so the first value is its own.
    if (!head.has(leaf[1] ?? '')) head.set(leaf[1] ?? '', leaf[2] ?? '');
  }
  if (Number(head.get('KeyCount')) !== page.objects.length + page.prefixes.length) return undefined;
  const next = head.get('NextContinuationToken');
  if (head.get('IsTruncated') === 'true' && next) page.next = decodeText(next);
  return page;
}

/** minio.md 4.3: without `Internal` the lack of an entry can mean a lack of permission, so nothing is concluded from it. */
function stateOf(metadata: Map<string, string> | undefined, internal: boolean): ObjectState | undefined {
  if (!metadata) return undefined;
  for (const name of metadata.keys())
    if (name.toLowerCase().startsWith(sse.toLowerCase()) && !encryptionNames.includes(name)) return undefined;
  const algorithm = metadata.get(sse);
  const key = metadata.get(`${sse}-Aws-Kms-Key-Id`);
  const customer = metadata.get(`${sse}-Customer-Algorithm`);
  if (customer !== undefined) return algorithm === undefined && key === undefined ? { state: 'sse-c' } : undefined;
  if (algorithm === undefined) return internal && key === undefined ? { state: 'plaintext' } : undefined;
  const state = stateFromValues(algorithm, key);
  return state.state === 'unknown' || (state.state === 'sse-kms' && key === undefined) ? undefined : state;
}

/** `encoding-type=url`: a blank is `+`, the rest percent. */
function decodeKey(encoded: string | undefined): string | undefined {
  try {
    return encoded === undefined ? undefined : decodeURIComponent(decodeText(encoded).replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function decodeText(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|apos|#34|#39);/g, (entity) => entities[entity] ?? entity);
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#34;': '"',
  '&#39;': "'",
};
