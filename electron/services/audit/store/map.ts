import type { MapNode } from '../../../../shared/audit.ts';
import { addSums, type Cell, type MapBy, noSums, type Place, type Sums, weightOf } from './liveMap.ts';

/** Name of the cell that joins the small ones of a place; '' is that of the objects directly in it. */
const joined = '…';

/** What a map is drawn from: the tree of an arranged file, or the live one. */
export interface MapSource {
  buckets: readonly { name: string; notRead: number }[];
  look(bucket: number, prefix: string, by: MapBy, most: number): Place | undefined;
}

/** The map below a place: at most `cells` cells in `depth` levels, most of them where most lies. */
export function mapOf(
  source: MapSource,
  place: { bucket: number | undefined; prefix: string; by: MapBy; depth: number; cells: number },
): MapNode {
  const { bucket, prefix, by, depth, cells } = place;
  if (bucket !== undefined) {
    const found = source.look(bucket, prefix, by, 0);
    const cell = {
      name: prefix || (source.buckets[bucket]?.name ?? ''),
      bucket,
      prefix,
      sums: found?.sums ?? noSums(),
      deeper: found?.deeper ?? false,
    };
    return nodeOf(source, cell, by, depth, cells);
  }
  const buckets = source.buckets.map(({ name }, id): Cell => {
    const found = source.look(id, '', by, 0);
    return { name, bucket: id, prefix: '', sums: found?.sums ?? noSums(), deeper: found?.deeper ?? false };
  });
  const weigh = (cell: Cell) => weightOf(cell.sums, by) + (by === 'objects' ? (source.buckets[cell.bucket]?.notRead ?? 0) : 0);
  buckets.sort((a, b) => weigh(b) - weigh(a));
  const sums = noSums();
  const rest = noSums();
  for (const cell of buckets) addSums(sums, cell.sums);
  const shown = buckets.slice(0, share(cells, depth));
  for (const cell of buckets.slice(shown.length)) addSums(rest, cell.sums);
  const notRead = source.buckets.reduce((sum, each) => sum + each.notRead, 0);
  const restNotRead = buckets.slice(shown.length).reduce((sum, cell) => sum + (source.buckets[cell.bucket]?.notRead ?? 0), 0);
  return {
    ...told({ name: '', prefix: '', sums, deeper: buckets.length > 0 }),
    ...(notRead > 0 ? { notRead } : {}),
    children: [
      ...expand(source, shown, by, depth - 1, cells - shown.length - 1),
      ...(buckets.length > shown.length
        ? [{ ...told({ name: joined, prefix: '', sums: rest, deeper: false }), ...(restNotRead > 0 ? { notRead: restNotRead } : {}) }]
        : []),
    ],
  };
}

/** With deeper levels to show, not all cells are spent on the first. */
const share = (cells: number, depth: number): number => Math.max(1, depth > 1 ? Math.ceil(cells * 0.6) : cells - 2);

function nodeOf(source: MapSource, cell: Cell, by: MapBy, depth: number, cells: number): MapNode {
  const { bucket, prefix } = cell;
  const node = told(cell, source);
  // Two are kept for the objects directly here and for the small ones.
  const place = depth < 1 || cells < 3 ? undefined : source.look(bucket, prefix, by, Math.min(share(cells, depth), cells - 2));
  if (!place || place.largest.length === 0) return node;
  const bucketName = source.buckets[bucket]?.name ?? '';
  const extra = (name: string, sums: Sums): MapNode[] =>
    sums.subarray(0, 6).some((objects) => objects > 0) ? [{ ...told({ name, prefix, sums, deeper: false }), bucket: bucketName }] : [];
  node.children = [
    ...expand(source, place.largest, by, depth - 1, cells - place.largest.length - 2),
    ...extra('', place.own),
    ...extra(joined, place.rest),
  ];
  return node;
}

/** Spends the cells that are left on the children by their weight. */
function expand(source: MapSource, children: Cell[], by: MapBy, depth: number, cells: number): MapNode[] {
  let weight = children.reduce((sum, cell) => sum + weightOf(cell.sums, by), 0);
  let left = Math.max(0, cells);
  return children.map((cell) => {
    const own = weightOf(cell.sums, by);
    const granted = weight > 0 ? Math.floor((left * own) / weight) : 0;
    weight -= own;
    const node = cell.deeper ? nodeOf(source, cell, by, depth, granted) : told(cell, source);
    // What one does not use the next may.
    left -= countOf(node) - 1;
    return node;
  });
}

const countOf = (node: MapNode): number => 1 + (node.children ?? []).reduce((sum, child) => sum + countOf(child), 0);

function told(cell: Pick<Cell, 'name' | 'prefix' | 'sums' | 'deeper'> & { bucket?: number }, source?: MapSource): MapNode {
  const of = cell.bucket === undefined ? undefined : source?.buckets[cell.bucket];
  return {
    name: cell.name,
    ...(of ? { bucket: of.name } : {}),
    prefix: cell.prefix,
    objects: [...cell.sums.subarray(0, 6)],
    bytes: [...cell.sums.subarray(6)],
    ...(of && of.notRead > 0 && cell.prefix === '' ? { notRead: of.notRead } : {}),
    deeper: cell.deeper,
  };
}
