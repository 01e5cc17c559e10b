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

/** The dialog of the MinIO page that sets the rule of this bucket. */
export const ruleAddress = (bucket: string): string => `/minio/rule/${bucket}`;

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

/** The same for all that is plaintext below a folder, or in the bucket. */
export function encryptBelow(bucket: string, prefix: string): string {
  return `#/in-place/new?${new URLSearchParams({ bucket, ...(prefix === '' ? {} : { prefix }) })}`;
}

/** What a selection leads to: its folder, its objects by name, or, where they are too many to name, all that is here (`all`). */
export function encryptSelected(
  here: { readonly bucket: string; readonly prefix: string },
  folder: string | undefined,
  objects: Parameters<typeof encryptAddress>[1],
): { readonly href: string; readonly all: boolean } | undefined {
  if (folder !== undefined) return { href: encryptBelow(here.bucket, folder), all: false };
  const named = encryptAddress(here.bucket, objects);
  if (named !== undefined) return { href: named, all: false };
  return objects.length > mostInAddress ? { href: encryptBelow(here.bucket, here.prefix), all: true } : undefined;
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
