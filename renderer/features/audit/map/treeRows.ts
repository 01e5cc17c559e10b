import type { MapNode } from '../../../../shared/audit.ts';
import { type By, placeKey, type Shown, shownStates, shownValues, sum } from './values.ts';

export interface TreeRow {
  readonly key: string;
  readonly node: MapNode;
  /** From 1. */
  readonly level: number;
  readonly parent: string | undefined;
  readonly open: boolean | undefined;
  readonly values: readonly number[];
  readonly position: number;
  readonly siblings: number;
}

export interface Sorting {
  readonly by: 'name' | 'read' | 'plaintext';
  readonly descending: boolean;
}

const plainAt = shownStates.indexOf('plaintext');

/** The rows that the table shows: children of the place, and below each open one its own. `branches`: what was asked for beyond the map's depth. Pure. */
export function treeRows(
  root: MapNode,
  open: ReadonlySet<string>,
  branches: ReadonlyMap<string, MapNode>,
  how: { by: By; hidden: ReadonlySet<Shown>; sort: Sorting },
): TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = (parent: MapNode, level: number, above: string | undefined): void => {
    const children = sorted(
      (parent.children ?? []).map((node) => ({ node, values: shownValues(node, how.by, how.hidden) })),
      how.sort,
    ).filter(({ values }) => sum(values) > 0 || how.hidden.size === 0);
    for (const [at, { node, values }] of children.entries()) {
      const key = placeKey(node);
      const place = branches.get(key) ?? node;
      const leaf = node.name === '' || node.name === '…' || !(node.deeper || (node.children?.length ?? 0) > 0);
      const isOpen = open.has(key);
      const known = (place.children?.length ?? 0) > 0;
      rows.push({
        key,
        node,
        level,
        parent: above,
        open: leaf ? undefined : isOpen,
        values,
        position: at + 1,
        siblings: children.length,
      });
      if (!leaf && isOpen && known) walk(place, level + 1, key);
    }
  };
  walk(root, 1, undefined);
  return rows;
}

type Weighed = { readonly node: MapNode; readonly values: readonly number[] };

/** Names by number where they hold one: part-2 before part-10. */
const byName = new Intl.Collator('en', { numeric: true });

function sorted(children: readonly Weighed[], { by, descending }: Sorting): Weighed[] {
  const turn = descending ? -1 : 1;
  const read = ({ values }: Weighed): number => sum(values.slice(0, -1));
  const first = (a: Weighed, b: Weighed): number => {
    if (by === 'name') return turn * byName.compare(a.node.name, b.node.name);
    if (by === 'read') return turn * (read(a) - read(b));
    return turn * ((a.values[plainAt] ?? 0) - (b.values[plainAt] ?? 0));
  };
  // Among equals the larger one first, so that the zeros of the plaintext column are in the map's order.
  return [...children].sort((a, b) => first(a, b) || sum(b.values) - sum(a.values) || byName.compare(a.node.name, b.node.name));
}
