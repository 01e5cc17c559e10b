import { describe, expect, it } from 'vitest';
import type { MapNode } from '../../../../shared/audit.ts';
import { hitAt, layOut, neighbour, type Weights } from './layout.ts';

const size = { width: 1000, height: 600 };
const all = { by: 'objects', hidden: new Set() } as const;
function place(bucket: string, prefix: string, objects: number[], more: Partial<MapNode> = {}): MapNode {
  return { name: prefix === '' ? bucket : prefix, bucket, prefix, objects, bytes: objects, deeper: false, ...more };
}
const kms = (count: number): number[] => [0, 0, 0, 0, 0, count];
const root = (children: MapNode[]): MapNode => ({ name: '', prefix: '', objects: kms(0), bytes: kms(0), deeper: true, children });
const bucketOf = (name: string, children: MapNode[]): MapNode =>
  place(
    name,
    '',
    children.reduce((sum, child) => sum.map((value, at) => value + (child.objects[at] ?? 0)), kms(0)),
    { children, deeper: true },
  );

describe('the layout of the map', () => {
  it('keeps a small plain bucket in sight among a million objects', () => {
    const layout = layOut(
      root([bucketOf('large', [place('large', 'a/', kms(1_000_000))]), place('small', '', [7, 0, 0, 0, 0, 0])]),
      size,
      all,
    );
    const small = layout.groups.find(({ node }) => node.bucket === 'small');
    expect((small?.width ?? 0) * (small?.height ?? 0)).toBeGreaterThan(size.width * size.height * 0.001);
  });
  it('does not move a cell while its size grows a little, and does when it grows much', () => {
    const kept: Weights = new Map();
    const at = (count: number) =>
      layOut(root([bucketOf('a', [place('a', 'x/', kms(count))]), bucketOf('b', [place('b', 'y/', kms(1000))])]), size, { ...all, kept })
        .groups[0]?.cells[0];
    const first = at(1000);
    expect(at(1200)).toMatchObject({ x: first?.x, y: first?.y, width: first?.width });
    expect(at(3000)?.width).not.toBe(first?.width);
  });
  it('keeps a place for what is expected in a bucket and read in none of its prefixes', () => {
    const layout = layOut(
      root([place('a', '', kms(100), { notRead: 900, deeper: true, children: [place('a', 'x/', kms(100))] })]),
      size,
      all,
    );
    const areas = layout.groups[0]?.cells.map(({ width, height }) => width * height) ?? [];
    expect(areas).toHaveLength(2);
    expect((areas[0] ?? 0) / (areas[1] ?? 1)).toBeGreaterThan(7);
  });
  it('leaves out what the legend switched off', () => {
    const layout = layOut(root([place('a', '', kms(5)), place('b', '', [3, 0, 0, 0, 0, 0])]), size, {
      by: 'objects',
      hidden: new Set(['sse-kms']),
    });
    expect(layout.groups.map(({ node }) => node.bucket)).toEqual(['b']);
  });
  it('holds ten thousand cells inside their map', () => {
    const buckets = Array.from({ length: 100 }, (_, b) =>
      bucketOf(
        `bucket-${b}`,
        Array.from({ length: 100 }, (__, p) => place(`bucket-${b}`, `p${p}/`, kms(1 + ((b * 31 + p * 17) % 500)))),
      ),
    );
    const layout = layOut(root(buckets), size, all);
    const cells = layout.groups.flatMap(({ cells: own }) => own);
    expect(cells).toHaveLength(10_000);
    for (const cell of cells) {
      expect(cell.x).toBeGreaterThanOrEqual(0);
      expect(cell.x + cell.width).toBeLessThanOrEqual(size.width);
      expect(cell.y + cell.height).toBeLessThanOrEqual(size.height);
    }
  });
});

describe('finding a cell', () => {
  const layout = layOut(
    root([bucketOf('a', [place('a', 'x/', kms(50)), place('a', 'y/', kms(50))]), bucketOf('b', [place('b', 'z/', kms(50))])]),
    size,
    all,
  );
  it('gives the bucket on its strip and the prefix below it', () => {
    const [group] = layout.groups;
    expect(hitAt(layout, (group?.x ?? 0) + 5, (group?.y ?? 0) + 5)?.node.prefix).toBe('');
    expect(hitAt(layout, (group?.x ?? 0) + 5, (group?.y ?? 0) + 60)?.node.prefix).not.toBe('');
  });
  it('reaches every cell from the first one by arrows', () => {
    const start = layout.groups[0]?.cells[0];
    const seen = new Set<string>();
    const walk = (from: typeof start): void => {
      if (!from || seen.has(from.key)) return;
      seen.add(from.key);
      for (const way of ['left', 'right', 'up', 'down'] as const) walk(neighbour(layout, from, way));
    };
    walk(start);
    expect(seen.size).toBe(3);
  });
});
