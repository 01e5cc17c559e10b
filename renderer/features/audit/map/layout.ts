import { type HierarchyRectangularNode, hierarchy, treemap, treemapSquarify } from 'd3-hierarchy';
import type { MapNode } from '../../../../shared/audit.ts';
import { type By, placeKey, type Shown, shownValues, sum } from './values.ts';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A leaf of the picture: a prefix, or a bucket without any. Values in the order of `shownStates`, hidden ones 0. */
export interface Cell extends Rect {
  readonly key: string;
  readonly node: MapNode;
  readonly values: readonly number[];
}

/** A bucket, or a prefix after a dive, with its cells; `strip`: it is large enough to carry its name above them. */
export interface Group extends Cell {
  readonly strip: boolean;
  readonly cells: readonly Cell[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly groups: readonly Group[];
  readonly cellCount: number;
}

export const stripHeight = 20;
const groupGap = 6;
const cellGap = 1;
/** No cell is smaller than this part of the map, so that a small plain bucket stays in sight. */
const leastShare = 0.002;
/** All least shares together take at most this part, however many cells there are. */
const leastTogether = 0.3;
/** A size is taken over only when it has grown or shrunk this much: the map fills without jumping. */
const jump = 1.3;

/** Narrower than this a group, or a cell, is widened by this factor, this often, in pictures of at most so many cells. */
const leastGroup = 12;
const leastCell = 4;
const widening = 1.6;
const widenings = 8;
const widenedAtMost = 600;

/** Sizes that the picture was laid out by, by place. One for each run, dive and measure. */
export type Weights = Map<string, number>;

interface Weighed {
  key: string;
  node: MapNode;
  values: number[];
  weight: number;
  children?: Weighed[];
}

/** The rectangles of a place: groups (buckets) with their cells (prefixes). Pure, but for `kept`, which it brings up to date. */
export function layOut(
  root: MapNode,
  size: { width: number; height: number },
  how: { by: By; hidden: ReadonlySet<Shown>; kept?: Weights },
): Layout {
  const weigh = (node: MapNode): Weighed => {
    const values = shownValues(node, how.by, how.hidden);
    return { key: placeKey(node), node, values, weight: sum(values) };
  };
  const groups = (root.children ?? []).map((child): Weighed => {
    const group = weigh(child);
    const cells = childrenOf(child)
      .map(weigh)
      .filter(({ weight }) => weight > 0);
    return cells.length > 0 ? { ...group, children: cells } : group;
  });
  const shown = groups.filter(({ weight }) => weight > 0);
  const leaves = shown.flatMap((group) => group.children ?? [group]);
  for (const leaf of leaves) leaf.weight = keep(how.kept, leaf.key, leaf.weight);
  const total = sum(leaves.map(({ weight }) => weight));
  const least = total * Math.min(leastShare, leastTogether / Math.max(1, leaves.length));
  for (const leaf of leaves) leaf.weight = Math.max(leaf.weight, least);

  const strips = new Set<string>();
  let placed = place(root, shown, size, strips);
  // A sliver that its gap would swallow is widened; of very many, none is that much smaller than the others.
  for (let again = 0; again < widenings && leaves.length <= widenedAtMost; again++) {
    const thin = (placed.children ?? []).flatMap((group) =>
      isThin(group, leastGroup) ? group.leaves() : (group.children ?? []).filter((cell) => isThin(cell, leastCell)),
    );
    if (thin.length === 0) break;
    for (const { data } of thin) data.weight *= widening;
    placed = place(root, shown, size, strips);
  }
  const rect = (item: { x0: number; y0: number; x1: number; y1: number }): Rect => ({
    x: item.x0,
    y: item.y0,
    width: item.x1 - item.x0,
    height: item.y1 - item.y0,
  });
  return {
    ...size,
    cellCount: leaves.length,
    groups: (placed.children ?? []).map((group) => ({
      ...rect(group),
      key: group.data.key,
      node: group.data.node,
      values: group.data.values,
      strip: strips.has(group.data.key),
      cells: (group.children ?? [group]).map((cell) => ({
        ...rect(cell),
        key: cell.data.key,
        node: cell.data.node,
        values: cell.data.values,
      })),
    })),
  };
}

function place(
  root: MapNode,
  shown: Weighed[],
  size: { width: number; height: number },
  strips: Set<string>,
): HierarchyRectangularNode<Weighed> {
  const top = hierarchy<Weighed>({ key: '', node: root, values: [], weight: 0, children: shown })
    .sum((item) => (item.children ? 0 : item.weight))
    // Equal weights keep one order whatever the order of the answer.
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0) || (a.data.key < b.data.key ? -1 : 1));
  // Places without any below them are cells themselves.
  const gap = shown.some(({ children }) => children) ? (shown.length > 60 ? cellGap + 1 : groupGap) : cellGap;
  strips.clear();
  return treemap<Weighed>()
    .tile(treemapSquarify)
    .size([size.width, size.height])
    .round(true)
    .paddingInner((item) => (item.depth === 0 ? gap : cellGap))
    .paddingTop((item) => {
      if (item.depth !== 1 || !item.children || !carriesStrip(item)) return 0;
      strips.add(item.data.key);
      return stripHeight;
    })(top);
}

const isThin = ({ x0, y0, x1, y1 }: { x0: number; y0: number; x1: number; y1: number }, least: number): boolean =>
  Math.min(x1 - x0, y1 - y0) < least;

/** Children, and what is expected in the place but in none of them yet. */
function childrenOf(node: MapNode): MapNode[] {
  const children = node.children ?? [];
  if (children.length === 0) return [];
  const left = (node.notRead ?? 0) - sum(children.map((child) => child.notRead ?? 0));
  if (left <= 0) return children;
  const none = [0, 0, 0, 0, 0, 0];
  return [
    ...children,
    { name: '…', bucket: node.bucket, prefix: `${node.prefix}\0rest`, objects: none, bytes: none, notRead: left, deeper: false },
  ];
}

function carriesStrip({ x0, y0, x1, y1 }: { x0: number; y0: number; x1: number; y1: number }): boolean {
  return x1 - x0 >= 28 && y1 - y0 >= stripHeight + 10;
}

/** The size to lay out by: the kept one while the true one is near it. */
function keep(kept: Weights | undefined, key: string, weight: number): number {
  if (!kept) return weight;
  const before = kept.get(key);
  if (before !== undefined && weight < before * jump && weight > before / jump) return before;
  kept.set(key, weight);
  return weight;
}

/** The cell, or the strip of a group, at a point. */
export function hitAt(layout: Layout, x: number, y: number): Cell | undefined {
  const group = layout.groups.find((one) => inside(one, x, y));
  if (!group) return undefined;
  if (group.strip && y < group.y + stripHeight) return group;
  return group.cells.find((cell) => inside(cell, x, y));
}

const inside = (rect: Rect, x: number, y: number): boolean =>
  x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;

/** The nearest cell in a direction: distance counts along it, and twice across. */
export function neighbour(layout: Layout, from: Rect, direction: 'left' | 'right' | 'up' | 'down'): Cell | undefined {
  const [dx, dy] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction] as [number, number];
  const fromX = from.x + from.width / 2;
  const fromY = from.y + from.height / 2;
  let best: Cell | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const group of layout.groups) {
    for (const cell of group.cells) {
      const x = cell.x + cell.width / 2 - fromX;
      const y = cell.y + cell.height / 2 - fromY;
      const along = x * dx + y * dy;
      if (along <= 0.5) continue;
      const far = along + 2 * Math.abs(x * dy + y * dx);
      if (far < least) [best, least] = [cell, far];
    }
  }
  return best;
}
