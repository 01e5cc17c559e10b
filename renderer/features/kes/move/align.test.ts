import { describe, expect, it } from 'vitest';
import type { MoveChange } from '../../../../shared/kesMove.ts';
import { align } from './align.ts';

const old = 'address: 0.0.0.0:7373\n\ntls:\n  key:  kes.key # its key\nkeys:\n  vault:\n    retry: 15s\n';
const now = 'version: v1\naddress: 0.0.0.0:7373\ntls:\n  key: kes.key\n  auth: "off"\nkeystore:\n  vault:\n';
const what = { code: 'kesMoveVersionAdded' } as const;
const changes: MoveChange[] = [
  { level: 'info', what, old: { from: 5, to: 5 }, now: { from: 6, to: 6 } },
  { level: 'info', what, old: { from: 7, to: 7 } },
  { level: 'info', what, now: { from: 5, to: 5 } },
  { level: 'info', what },
];

describe('two files side by side', () => {
  const { rows, reasons, apart } = align(old, now, changes);
  const drawn = rows.map(({ old: a, now: b }) => `${a?.line ?? '-'}|${b?.line ?? '-'}`);

  it('puts what says the same, and what a change connects, in one row', () => {
    expect(drawn).toEqual(['-|1', '1|2', '3|3', '4|4', '-|5', '5|6', '6|7', '7|-']);
    expect(rows.map(({ same }) => same)).toEqual([false, true, true, true, false, false, true, false]);
  });

  it('tells each reason below the row that it is about, and apart what stands at no line', () => {
    expect([...reasons].map(([row, list]) => [drawn[row], list.map(({ at }) => at)])).toEqual([
      ['5|6', [0]],
      ['7|-', [1]],
      ['-|5', [2]],
    ]);
    expect(apart.map(({ at }) => at)).toEqual([3]);
  });

  it('shows a file without its other side whole', () => {
    expect(align(old, '', []).rows).toHaveLength(6);
    expect(align('', now, []).rows).toHaveLength(7);
  });
});
