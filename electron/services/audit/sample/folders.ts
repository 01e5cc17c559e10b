import type { AuditState } from '../../../../shared/audit.ts';

/** Objects of one kind in one folder: numbered names, written one after the other. */
export interface Folder {
  /** Before the number of the name. */
  before: string;
  after: string;
  count: number;
  /** First number. */
  first: number;
  from: number;
  to: number;
  /** Smallest and largest, bytes. */
  sizes: readonly [number, number];
  state: AuditState;
  kmsKey?: string | undefined;
}

/** One kind of file: how it is named, how large it is, and its share of the whole. */
export interface Kind {
  stem: string;
  tail: string;
  share: number;
  sizes: readonly [number, number];
}

const day = 86_400_000;

export function folder(
  path: string,
  from: string,
  to: string,
  count: number,
  kind: Omit<Kind, 'share'>,
  state: AuditState,
  kmsKey?: string,
): Folder {
  return make(path, Date.parse(from), Date.parse(to) + day - 1, count, 1, kind, state, kmsKey);
}

function make(
  path: string,
  from: number,
  to: number,
  count: number,
  first: number,
  { stem, tail, sizes }: Omit<Kind, 'share'>,
  state: AuditState,
  kmsKey: string | undefined,
): Folder {
  return { before: path + stem, after: tail, count, first, from, to, sizes, state, kmsKey };
}

/** A folder a month, of each kind its share. `begins` (a date) is not written before. */
export function perMonth(
  path: string,
  firstMonth: string,
  months: number,
  count: number,
  kinds: readonly Kind[],
  state: AuditState,
  kmsKey?: string,
  begins?: string,
): Folder[] {
  const [year = 0, month = 0] = firstMonth.split('-').map(Number);
  const named = path.endsWith(`${year}/`);
  const parts = partsOf(count, months).flatMap((objects, at) => {
    const from = Date.UTC(year, month - 1 + at, 1);
    const to = Date.UTC(year, month + at, 1) - 1;
    const name = new Date(from).toISOString().slice(named ? 5 : 0, 7);
    const earliest = begins === undefined ? from : Math.max(from, Date.parse(begins) + day);
    return share(objects, kinds).map(([kind, some], place) =>
      make(`${path}${name}/`, earliest, Math.min(to, ends), some, at * 10_000 + place * 100 + 1, kind, state, kmsKey),
    );
  });
  return parts.filter((part) => part.count > 0);
}

/** A folder a day, as data lakes and logs have them. */
export function perDay(
  path: string,
  first: string,
  days: number,
  count: number,
  kinds: readonly Kind[],
  state: AuditState,
  kmsKey?: string,
): Folder[] {
  return partsOf(count, days).flatMap((objects, at) => {
    const from = Date.parse(first) + at * day;
    const name = new Date(from).toISOString().slice(0, 10);
    return share(objects, kinds).map(([kind, some]) =>
      make(`${path}date=${name}/`, from, from + day - 1, some, at * 1_000 + 1, kind, state, kmsKey),
    );
  });
}

/** Over named folders, the first of them the largest. */
export function spread(
  path: string,
  names: readonly string[],
  from: string,
  to: string,
  count: number,
  kinds: readonly Kind[],
  state: AuditState,
  kmsKey?: string,
): Folder[] {
  const weights = names.map((_, at) => names.length - at);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let left = count;
  return names.flatMap((name, at) => {
    const objects = at === names.length - 1 ? left : Math.round((count * (weights[at] ?? 0)) / all);
    left -= objects;
    return share(objects, kinds).map(([kind, some]) => make(path + name, Date.parse(from), Date.parse(to), some, 1, kind, state, kmsKey));
  });
}

/** Nothing was written after the audit. */
const ends = Date.parse('2026-11-20T13:00:00Z');

/** About equal, a little uneven, and exactly `count` together. */
function partsOf(count: number, parts: number): number[] {
  const weights = Array.from({ length: parts }, (_, at) => 1 + 0.35 * Math.sin(at * 2.4) + 0.2 * Math.cos(at * 0.7));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let told = 0;
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    const upTo = Math.round((count * sum) / all);
    const objects = upTo - told;
    told = upTo;
    return objects;
  });
}

function share(count: number, kinds: readonly Kind[]): [Kind, number][] {
  let left = count;
  return kinds.map((kind, at) => {
    const some = at === kinds.length - 1 ? left : Math.floor(count * kind.share);
    left -= some;
    return [kind, some];
  });
}
