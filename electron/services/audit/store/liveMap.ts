/** Objects and bytes of each state: six numbers of objects, then six of bytes. */
export type Sums = Float64Array;
export const noSums = (): Sums => new Float64Array(12);

interface Node {
  children: Map<string, Node> | undefined;
  /** Directly here, deeper ones that found no place included. */
  own: Sums;
}

/** One place of a map and what is below it, as both maps give it. */
export interface Cell {
  name: string;
  bucket: number;
  prefix: string;
  sums: Sums;
  deeper: boolean;
}

export type MapBy = 'objects' | 'bytes';

/** A place with the largest that lie in it, and the sums of the others. `own`: directly in it. Asked for none of them, only `sums` and `deeper` count. */
export interface Place {
  sums: Sums;
  own: Sums;
  largest: Cell[];
  rest: Sums;
  deeper: boolean;
}

const mostNodes = 20_000;
const mostDepth = 8;

/**
 * The map while a run reads: prefixes up to a number of nodes, what lies deeper is counted in its parent. Current objects only.
 */
export class LiveMap {
  readonly #buckets = new Map<number, Node>();
  readonly #perBucket: number;
  readonly #nodes = new Map<number, number>();
  /** Entries come in the order of keys: most lie beside the one before. */
  #last: { bucket: number; folder: string; node: Node } | undefined;

  constructor(buckets: number) {
    this.#perBucket = Math.max(30, Math.floor(mostNodes / Math.max(1, buckets)));
  }

  add(bucket: number, key: string, state: number, size: number, times: number): void {
    const cut = key.lastIndexOf('/') + 1;
    const last = this.#last;
    let node: Node;
    if (last && last.bucket === bucket && last.folder.length === cut && key.startsWith(last.folder)) node = last.node;
    else {
      node = this.#place(bucket, key, cut);
      this.#last = { bucket, folder: key.slice(0, cut), node };
    }
    node.own[state] = (node.own[state] ?? 0) + times;
    node.own[state + 6] = (node.own[state + 6] ?? 0) + size * times;
  }

  #place(bucket: number, key: string, cut: number): Node {
    let node: Node = this.#buckets.get(bucket) ?? { children: undefined, own: noSums() };
    this.#buckets.set(bucket, node);
    let from = 0;
    for (let depth = 0; from < cut; depth += 1) {
      const to = key.indexOf('/', from) + 1;
      const name = key.slice(from, to);
      let child: Node | undefined = node.children?.get(name);
      if (!child) {
        const nodes = this.#nodes.get(bucket) ?? 0;
        if (nodes >= this.#perBucket || depth >= mostDepth) return node;
        this.#nodes.set(bucket, nodes + 1);
        child = { children: undefined, own: noSums() };
        node.children ??= new Map();
        node.children.set(name, child);
      }
      node = child;
      from = to;
    }
    return node;
  }

  /** Undefined where no node is. */
  look(bucket: number, prefix: string, by: MapBy, most: number): Place | undefined {
    let node = this.#buckets.get(bucket);
    for (let from = 0; node && from < prefix.length; ) {
      const to = prefix.indexOf('/', from) + 1 || prefix.length;
      node = node.children?.get(prefix.slice(from, to));
      from = to;
    }
    if (!node) return undefined;
    const deeper = node.children !== undefined;
    if (most === 0) return { sums: sumOf(node), own: node.own, largest: [], rest: noSums(), deeper };
    const cells = [...(node.children ?? [])].map(([name, child]) => ({
      name,
      bucket,
      prefix: prefix + name,
      sums: sumOf(child),
      deeper: child.children !== undefined,
    }));
    cells.sort((a, b) => weightOf(b.sums, by) - weightOf(a.sums, by));
    const rest = noSums();
    for (const { sums } of cells.splice(most)) addSums(rest, sums);
    return { sums: sumOf(node), own: node.own, largest: cells, rest, deeper };
  }
}

function sumOf(node: Node): Sums {
  const sums = node.own.slice();
  for (const child of node.children?.values() ?? []) addSums(sums, sumOf(child));
  return sums;
}

export function addSums(to: Sums, more: Sums, times: 1 | -1 = 1): void {
  for (let at = 0; at < 12; at += 1) to[at] = (to[at] ?? 0) + (more[at] ?? 0) * times;
}

/** All objects, or all bytes. */
export function weightOf(sums: Sums, by: MapBy): number {
  const from = by === 'objects' ? 0 : 6;
  let weight = 0;
  for (let at = from; at < from + 6; at += 1) weight += sums[at] ?? 0;
  return weight;
}
