import { useLocation } from 'wouter';
import { type Audit, type AuditFilter, type AuditScope, auditFilter, auditId, type MapNode } from '../../../shared/audit.ts';
import { bucketName } from '../../../shared/minio.ts';
import { placeKey } from './map/values.ts';

export const auditTabs = ['map', 'objects', 'keys', 'findings'] as const;
export type AuditTab = (typeof auditTabs)[number];
/** `compare` is opened from the list of runs, with `?with=<older id>`. */
export type AuditView = AuditTab | 'compare';

/** Where the page is: `#/audit`, `#/audit/new[?<scope>]`, `#/audit/runs`, or `#/audit/<id>/<view>?<query>`. */
export interface AuditPlace {
  /** Absent: the newest run, where there is one. */
  readonly id: string | undefined;
  readonly page: 'run' | 'new' | 'runs';
  readonly view: AuditView;
  /** Filter, place on the map, sorting: of the run's views; the tabs hand it on to each other. */
  readonly query: URLSearchParams;
}

/** The place in a fragment. Read raw: the router decodes once and would spoil a `%2F` in a name, and moves a query out of the fragment. */
export function placeIn(hash: string): AuditPlace {
  const [path = '', query = ''] = hash.replace(/^#?\/?audit\/?/, '').split('?');
  const [first = '', second = ''] = path.split('/');
  const view = ([...auditTabs, 'compare'] as const).find((one) => one === second) ?? 'map';
  const place = { view, query: new URLSearchParams(query) };
  if (first === 'new' || first === 'runs') return { ...place, id: undefined, page: first };
  return { ...place, id: auditId.safeParse(first).success ? first : undefined, page: 'run' };
}

/** The address of a run's view, for plain links: wouter's own Link would move the query out of the fragment. */
export function addressOf(id: string, view: AuditView = 'map', query: URLSearchParams | AuditFilter = {}): string {
  const asked = query instanceof URLSearchParams ? query : withFilter(new URLSearchParams(), query);
  const text = asked.toString();
  return `#/audit/${id}/${view}${text === '' ? '' : `?${text}`}`;
}

/** The way to encrypt what a filter finds in place, or with another key; undefined where there is none, or no server behind it. */
export function encryptAddress({ id, state, sample }: Pick<Audit, 'id' | 'state' | 'sample'>, filter: AuditFilter): string | undefined {
  if (sample || state !== 'finished' || !['plaintext', 'sse-s3', 'sse-kms'].includes(filter.states?.join() ?? '')) return undefined;
  return `#/in-place/new?${withFilter(new URLSearchParams({ audit: id }), filter)}`;
}

/** What the address of a new audit asks for: `bucket=B…[&prefix=P][&versions=1]`. */
export function scopeAsked(query: URLSearchParams): AuditScope {
  const buckets = query.getAll('bucket').filter((name) => bucketName.safeParse(name).success);
  const prefix = (query.get('prefix') ?? '').slice(0, 1024);
  return { ...(buckets.length > 0 ? { buckets } : {}), prefix, versions: query.get('versions') === '1' };
}

export const newAddress = '#/audit/new';
export const runsAddress = '#/audit/runs';

/** The objects directly in a place, and its joined small ones. */
const sharedCells = [
  ['direct', ''],
  ['others', '…'],
] as const;
const listed = ['states'] as const;
const numbers = ['minSize', 'maxSize'] as const;
const plain = ['bucket', 'prefix', 'contains', 'kmsKey', 'from', 'before', 'versions', 'opens'] as const;

/** The filter that an address carries; what it does not understand is left out. */
export function filterIn(query: URLSearchParams): AuditFilter {
  const found: Record<string, unknown> = {};
  for (const name of plain) if (query.has(name)) found[name] = query.get(name) ?? '';
  for (const name of numbers) if (query.has(name)) found[name] = Number(query.get(name));
  for (const name of listed) if (query.has(name)) found[name] = (query.get(name) ?? '').split(',').filter((one) => one !== '');
  const whole = auditFilter.safeParse(found);
  if (whole.success) return whole.data;
  const wrong = new Set(whole.error.issues.map(({ path }) => path[0]));
  return auditFilter.parse(Object.fromEntries(Object.entries(found).filter(([name]) => !wrong.has(name))));
}

/** The same query with this filter in place of the one that it had. */
export function withFilter(query: URLSearchParams, filter: AuditFilter): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const name of [...listed, ...numbers, ...plain]) next.delete(name);
  for (const [name, value] of Object.entries(filter)) {
    if (value !== undefined) next.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  return next;
}

/** The query with what is selected on the map: "bucket/prefix", and which of the cells that share their place. */
export function withSelected(query: URLSearchParams, node: Pick<MapNode, 'bucket' | 'prefix' | 'name'> | undefined): URLSearchParams {
  const next = new URLSearchParams(query);
  next.delete('at');
  next.delete('cell');
  if (!node) return next;
  next.set('at', `${node.bucket ?? ''}/${node.prefix}`);
  const cell = sharedCells.find(([, name]) => name === node.name)?.[0];
  if (cell !== undefined) next.set('cell', cell);
  return next;
}

/** The place of `placeKey` that an address has selected. */
export function selectedIn(query: URLSearchParams): string | undefined {
  const [, bucket, prefix = ''] = /^([^/]*)\/([\s\S]*)$/.exec(query.get('at') ?? '') ?? [];
  if (bucket === undefined) return undefined;
  return placeKey({ bucket, prefix, name: sharedCells.find(([cell]) => cell === query.get('cell'))?.[1] ?? prefix + bucket });
}

/** Goes to an address of `addressOf`. `replace`: not a step of its own when going back. */
export function go(address: string, replace = false): void {
  const before = window.location.href;
  if (!replace) {
    window.location.hash = address;
    return;
  }
  history.replaceState(history.state, '', address);
  window.dispatchEvent(new HashChangeEvent('hashchange', { oldURL: before, newURL: window.location.href }));
}

/** The place of the window; a page that asks is rendered again when it changes. */
export function useAuditPlace(): AuditPlace {
  useLocation();
  return placeIn(window.location.hash);
}
