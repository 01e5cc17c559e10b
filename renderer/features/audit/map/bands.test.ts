import { describe, expect, it } from 'vitest';
import { bandsOf } from './bands.ts';
import { type Shown, shownStates } from './values.ts';

const values = (parts: Partial<Record<Shown, number>>): number[] => shownStates.map((state) => parts[state] ?? 0);
const bands = (parts: Partial<Record<Shown, number>>, width = 100, height = 100) =>
  bandsOf({ x: 10, y: 20, width, height, values: values(parts) });

describe('the bands of a cell', () => {
  it('put the encrypted part first, the loud ones after it, and what is not read last', () => {
    const found = bands({ plaintext: 10, 'sse-kms': 60, notRead: 20, unreadable: 10 });
    expect(found.map(({ state }) => state)).toEqual(['sse-kms', 'unreadable', 'plaintext', 'notRead']);
    expect(found[0]).toMatchObject({ x: 10, y: 20, width: 100, height: 60 });
  });
  it('lie side by side where the first would be too low for a name', () => {
    const found = bands({ plaintext: 80, 'sse-kms': 20 });
    expect(found[0]).toMatchObject({ width: 20, height: 100 });
    expect(found[1]).toMatchObject({ x: 30, width: 80, height: 100 });
  });
  it('never let plaintext, unreadable or unknown vanish', () => {
    const found = bands({ plaintext: 1, unreadable: 1, unknown: 1, 'sse-s3': 1_000_000 });
    expect(found.map(({ height }) => height)).toEqual([91, 3, 3, 3]);
  });
  it('fill the cell without a gap, whatever the rounding', () => {
    const found = bands({ plaintext: 7, unknown: 11, 'sse-c': 13, 'sse-s3': 17, 'sse-kms': 19, notRead: 23 }, 37, 131);
    expect(found.reduce((sum, { width, height }) => sum + width * height, 0)).toBe(37 * 131);
  });
  it('are none in a cell without objects', () => expect(bands({})).toEqual([]));
});
