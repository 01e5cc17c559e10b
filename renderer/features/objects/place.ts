/** Where the page is: all buckets, or a prefix of one. */
export interface Place {
  readonly bucket: string | undefined;
  readonly prefix: string;
}

/** The place in a fragment `#/objects/<bucket>/<encoded prefix>`. Read raw: the router decodes once and would spoil a `%2F` in a name. */
export function placeIn(hash: string): Place {
  const [bucket, prefix = ''] = hash.replace(/^#?\/?objects\/?/, '').split('/');
  return { bucket: bucket === undefined || bucket === '' ? undefined : decoded(bucket), prefix: decoded(prefix) };
}

/** The address of a place, for links. */
export function addressOf(bucket: string, prefix = ''): string {
  const base = `/objects/${encodeURIComponent(bucket)}`;
  return prefix === '' ? base : `${base}/${encodeURIComponent(prefix)}`;
}

/** A fragment stays in the browser, which takes long ones. */
const mostInAddress = 1000;

/** The page that encrypts these in place: by name while they fit an address; undefined for none, or too many. */
export function encryptAddress(
  bucket: string,
  objects: readonly { key: string; versionId?: string | undefined; deleteMarker?: boolean | undefined }[],
): string | undefined {
  const current = [...new Set(objects.filter(({ deleteMarker }) => !deleteMarker).map(({ key }) => key))];
  if (current.length === 0 || current.length > mostInAddress) return undefined;
  const query = new URLSearchParams([['bucket', bucket], ...current.map((key) => ['key', key])]);
  // Whole, for a plain link: the router would take the query out of the fragment.
  return `#/in-place/new?${query}`;
}

/** Every folder from the bucket down: "a/b/" is ["a/", "a/b/"]. */
export function stepsOf(prefix: string): string[] {
  return [...prefix.matchAll(/\//g)].map((found) => prefix.slice(0, found.index + 1));
}

/** What a row shows below its prefix. */
export function nameBelow(key: string, prefix: string): string {
  const name = key.startsWith(prefix) ? key.slice(prefix.length) : key;
  return name === '' ? './' : name;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
