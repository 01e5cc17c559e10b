import { useLocation } from 'wouter';
import { auditId } from '../../../shared/audit.ts';
import type { EncryptionChoice } from '../../../shared/encryption.ts';
import { type InPlace, type InPlaceScope, inPlaceId, inPlaceScope } from '../../../shared/inPlace.ts';

/** Where the page is: `#/in-place`, `#/in-place/new?<scope>`, `#/in-place/<id>`. */
export interface InPlacePlace {
  readonly page: 'list' | 'new' | 'run';
  readonly id: string | undefined;
  readonly query: URLSearchParams;
}

/** Read raw: the router decodes once and would spoil a `%2F` in a name, and moves a query out of the fragment. */
export function placeIn(hash: string): InPlacePlace {
  const [path = '', query = ''] = hash.replace(/^#?\/?in-place\/?/, '').split('?');
  const [first = ''] = path.split('/');
  const found = { query: new URLSearchParams(query) };
  if (first === 'new') return { ...found, page: 'new', id: undefined };
  return inPlaceId.safeParse(first).success ? { ...found, page: 'run', id: first } : { ...found, page: 'list', id: undefined };
}

/** A fragment stays in the browser, which takes long ones. */
const mostInAddress = 1000;

/** What an audit's own address carries of its filter, as text. */
const ofFilter = ['bucket', 'prefix', 'contains', 'kmsKey', 'from', 'before', 'versions', 'opens'] as const;
const numbers = ['minSize', 'maxSize'] as const;

/**
 * What an address asks for: `audit=ID` with an audit's filter, `bucket=B&key=K…[&version=V]` or
 * `bucket=B[&prefix=P]`. Undefined: nothing that could be encrypted.
 */
export function scopeIn(query: URLSearchParams): InPlaceScope | undefined {
  const bucket = query.get('bucket') ?? undefined;
  const prefix = query.get('prefix') ?? '';
  const audit = query.get('audit');
  const keys = query.getAll('key');
  const version = query.get('version') ?? undefined;
  if (audit !== null) {
    if (!auditId.safeParse(audit).success) return undefined;
    const filter: Record<string, unknown> = { states: (query.get('states') ?? 'plaintext').split(',') };
    for (const name of ofFilter) if (query.has(name)) filter[name] = query.get(name);
    for (const name of numbers) if (query.has(name)) filter[name] = Number(query.get(name));
    return parsed({ from: 'audit', auditId: audit, filter });
  }
  if (bucket === undefined) return undefined;
  if (keys.length === 0) return parsed({ from: 'prefix', bucket, prefix });
  const objects = keys.map((key) => ({ key, ...(version !== undefined && keys.length === 1 ? { versionId: version } : {}) }));
  return parsed({ from: 'objects', bucket, objects });
}

/** The address that asks for the same again; undefined: more names than an address takes. */
export function addressFor(scope: InPlaceScope): string | undefined {
  const query = new URLSearchParams();
  if (scope.from === 'audit') {
    query.set('audit', scope.auditId);
    for (const [name, value] of Object.entries(scope.filter)) if (value !== undefined) query.set(name, String(value));
  } else query.set('bucket', scope.bucket);
  if (scope.from === 'prefix' && scope.prefix !== '') query.set('prefix', scope.prefix);
  if (scope.from === 'objects') {
    const [first] = scope.objects;
    if (scope.objects.length > mostInAddress || (scope.objects.length > 1 && scope.objects.some(({ versionId }) => versionId)))
      return undefined;
    for (const { key } of scope.objects) query.append('key', key);
    if (first?.versionId !== undefined) query.set('version', first.versionId);
  }
  return `#/in-place/new?${query}`;
}

/** What an address proposes to encrypt with: `to=sse-s3`, `to=sse-kms:<key>`. */
export function targetIn(query: URLSearchParams): EncryptionChoice | undefined {
  const [, kind, key] = /^(sse-s3|sse-kms)(?::(.+))?$/.exec(query.get('to') ?? '') ?? [];
  if (kind === 'sse-s3') return { kind };
  return kind === 'sse-kms' && key !== undefined ? { kind, key } : undefined;
}

function parsed(scope: unknown): InPlaceScope | undefined {
  const read = inPlaceScope.safeParse(scope);
  return read.success ? read.data : undefined;
}

/** The address of a new audit of what a run was about. */
export function auditAddress({ scope, mode }: Pick<InPlace, 'scope' | 'mode'>): string {
  const { bucket, prefix } =
    scope.from === 'audit' ? scope.filter : { bucket: scope.bucket, prefix: scope.from === 'prefix' ? scope.prefix : '' };
  const query = new URLSearchParams({
    ...(bucket === undefined ? {} : { bucket }),
    ...(prefix ? { prefix } : {}),
    ...(mode === 'history' ? { versions: '1' } : {}),
  }).toString();
  return `#/audit/new${query === '' ? '' : `?${query}`}`;
}

/** Where a bucket's rule is set: its plan is open there; of several, the grid of all. */
export function ruleAddress(buckets: readonly string[]): string {
  const [only] = buckets;
  return buckets.length === 1 && only !== undefined ? `#/minio/rule/${only}` : '#/minio';
}

export const listAddress = '#/in-place';
export const addressOf = (id: string): string => `#/in-place/${id}`;

export function go(address: string): void {
  window.location.hash = address;
}

/** The place of the window; a page that asks is rendered again when it changes. */
export function useInPlacePlace(): InPlacePlace {
  useLocation();
  return placeIn(window.location.hash);
}
