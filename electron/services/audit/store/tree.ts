import type { DatabaseSync } from 'node:sqlite';
import { afterPrefix } from './filter.ts';
import { addSums, type MapBy, noSums, type Place, type Sums } from './liveMap.ts';

/**
 * Every prefix of every bucket with the sums of the current objects below it. Children of a prefix lie side by side: they
 * are the next depth's prefixes that begin with it.
 */
const sumNames = [0, 1, 2, 3, 4, 5].flatMap((state) => [`o${state}`]).concat([0, 1, 2, 3, 4, 5].map((state) => `b${state}`));
const sumList = sumNames.join(', ');
const treeTable = `CREATE TABLE tree (depth INTEGER, bucket INTEGER, prefix TEXT, deeper INTEGER NOT NULL, ${sumNames
  .map((name) => `${name} INTEGER NOT NULL`)
  .join(', ')}, PRIMARY KEY (depth, bucket, prefix)) WITHOUT ROWID`;

interface Open {
  prefix: string;
  sums: Sums;
  deeper: boolean;
}

const slice = 20_000;

/** One pass over all rows in order; memory is one key's depth. Gives the thread free between slices. */
export async function buildTree(
  db: DatabaseSync,
  rows: number,
  tell: (done: number) => void,
  whenFree: () => Promise<void>,
): Promise<void> {
  db.exec(`DROP TABLE IF EXISTS tree; ${treeTable}`);
  const insert = db.prepare(`INSERT INTO tree VALUES (${Array(16).fill('?').join(', ')})`);
  const all = db.prepare(
    'SELECT bucket, key, state, size FROM objects INDEXED BY byKey WHERE flags & 1 AND state < 6 ORDER BY bucket, key',
  );
  all.setReturnArrays(true);
  let bucket = -1;
  let open: Open[] = [];
  let finished: { depth: number; bucket: number; node: Open }[] = [];
  const close = (depth: number) => {
    while (open.length > depth) {
      const node = open.pop();
      if (!node) return;
      const parent = open.at(-1);
      if (parent) {
        addSums(parent.sums, node.sums);
        parent.deeper = true;
      }
      finished.push({ depth: open.length, bucket, node });
    }
  };
  const write = () => {
    const alone = !db.isTransaction;
    if (alone) db.exec('BEGIN IMMEDIATE');
    try {
      for (const { depth, bucket: of, node } of finished) insert.run(depth, of, node.prefix, node.deeper ? 1 : 0, ...node.sums);
      if (alone) db.exec('COMMIT');
    } catch (error) {
      if (alone && db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
    finished = [];
  };
  let read = 0;
  for (const raw of all.iterate() as unknown as Iterable<[number, string, number, number]>) {
    const [of, key, state, size] = raw;
    if (of !== bucket) {
      close(0);
      bucket = of;
      open = [{ prefix: '', sums: noSums(), deeper: false }];
    }
    let depth = open.length - 1;
    while (depth > 0 && !key.startsWith(open[depth]?.prefix ?? '')) depth -= 1;
    close(depth + 1);
    for (let from = open[depth]?.prefix.length ?? 0; ; ) {
      const to = key.indexOf('/', from) + 1;
      if (to === 0) break;
      open.push({ prefix: key.slice(0, to), sums: noSums(), deeper: false });
      from = to;
    }
    const sums = open.at(-1)?.sums ?? noSums();
    sums[state] = (sums[state] ?? 0) + 1;
    sums[state + 6] = (sums[state + 6] ?? 0) + size;
    read += 1;
    if (read % slice === 0 || finished.length >= slice) {
      if (finished.length >= slice) write();
      tell(read / rows);
      await whenFree();
    }
  }
  close(0);
  write();
}

/** Looks up places in the map of an arranged file. */
export function treeOf(db: DatabaseSync): (bucket: number, prefix: string, by: MapBy, most: number) => Place | undefined {
  const children = 'FROM tree WHERE depth = ? AND bucket = ? AND prefix >= ? AND prefix < ?';
  const largestBy = (by: MapBy) =>
    db.prepare(
      `SELECT prefix, deeper, ${sumList} ${children} ORDER BY ${sumNames.filter((name) => name.startsWith(by === 'objects' ? 'o' : 'b')).join(' + ')} DESC LIMIT ?`,
    );
  const one = db.prepare(`SELECT prefix, deeper, ${sumList} FROM tree WHERE depth = ? AND bucket = ? AND prefix = ?`);
  const allBelow = db.prepare(`SELECT '', 0, ${sumNames.map((name) => `sum(${name})`).join(', ')} ${children}`);
  const largest = { objects: largestBy('objects'), bytes: largestBy('bytes') };
  for (const statement of [one, allBelow, largest.objects, largest.bytes]) statement.setReturnArrays(true);
  return (bucket, prefix, by, most) => {
    const depth = prefix.split('/').length - 1;
    const found = one.get(depth, bucket, prefix) as unknown as TreeRow | undefined;
    if (!found) return undefined;
    const sums = sumsOf(found);
    const deeper = found[1] === 1;
    const place: Place = { sums, own: sums.slice(), largest: [], rest: noSums(), deeper };
    if (!deeper || most === 0) return place;
    const below = [depth + 1, bucket, prefix, afterPrefix(prefix) ?? lastText] as const;
    for (const row of largest[by].all(...below, most) as unknown as TreeRow[]) {
      const [path, further] = row;
      place.largest.push({ name: path.slice(prefix.length), bucket, prefix: path, sums: sumsOf(row), deeper: further === 1 });
      addSums(place.rest, sumsOf(row), -1);
    }
    const all = sumsOf(allBelow.get(...below) as unknown as TreeRow);
    addSums(place.rest, all);
    addSums(place.own, all, -1);
    return place;
  };
}

type TreeRow = [prefix: string, deeper: number, ...sums: number[]];
const sumsOf = ([, , ...numbers]: TreeRow): Sums => Float64Array.from(numbers);
const lastText = '\u{10ffff}'.repeat(2);
