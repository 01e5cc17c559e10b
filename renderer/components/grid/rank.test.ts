import { describe, expect, it } from 'vitest';
import { longestSpace, moveTo, type Position, reveal, scrolled, scrollTopAt, seen, spaceOf, topAt } from './rank.ts';

const tenMillion = { rows: 10_000_000, rowHeight: 32, view: 608 };
const short = { rows: 1_000, rowHeight: 32, view: 608 };
const furthest = tenMillion.rows * 32 - 608;

/** Ranks from all parts of the table, the ends and the seams between stretched and unstretched parts among them. */
const ranks = [0, 1, 2, 31_249, 31_250, 31_251, 9_968_731, 9_968_750, 9_999_979, 9_999_980].concat(
  Array.from({ length: 5_000 }, (_, at) => Math.floor(((at * 7919) % 5_000) * 1_999.9)),
);

describe('the place of a table of ten million rows', () => {
  it('has a scrollbar that browsers can draw, and one of its own length where they can draw all', () => {
    expect(spaceOf(tenMillion)).toBe(longestSpace);
    expect(spaceOf(short)).toBe(32_000);
  });

  it('shows every rank at the top of the window, to the pixel', () => {
    const missed = ranks.filter((rank) => rank * 32 <= furthest && moveTo(tenMillion, rank * 32).top !== rank * 32);
    expect(missed).toEqual([]);
    for (const rank of ranks) {
      const { top } = moveTo(tenMillion, reveal(tenMillion, 0, rank));
      const { first, last } = seen(tenMillion, top);
      expect(rank >= first && rank <= last).toBe(true);
    }
  });

  it('comes to the first row and to the last one at the ends of the scrollbar', () => {
    expect(topAt(tenMillion, 0)).toBe(0);
    expect(topAt(tenMillion, longestSpace - 608)).toBe(furthest);
    expect(seen(tenMillion, furthest).last).toBe(9_999_999);
  });

  it('maps the scrollbar to rows and back without a step, a gap or a turn', () => {
    let before = -1;
    for (let at = 0; at <= longestSpace - 608; at += 997) {
      const top = topAt(tenMillion, at);
      expect(top).toBeGreaterThan(before);
      expect(top - before).toBeLessThan(997 * 60);
      expect(scrollTopAt(tenMillion, top)).toBeCloseTo(at, 4);
      before = top;
    }
  });

  it('moves by exactly as many pixels as a wheel does, wherever it stands', () => {
    for (const rank of ranks.slice(0, 500)) {
      const from = moveTo(tenMillion, Math.min(furthest - 960, rank * 32));
      expect(scrolled(tenMillion, from, from.scrollTop + 96).top).toBeCloseTo(from.top + 96, 6);
    }
  });

  it('does not drift: there and back by ten thousand steps, with the scrollbar put right after each tenth, ends at the same row', () => {
    const start = 4_321_987 * 32;
    let at: Position = moveTo(tenMillion, start);
    const step = (pixels: number, times: number): void => {
      for (let count = 1; count <= times; count++) {
        at = scrolled(tenMillion, at, at.scrollTop + pixels);
        // A browser keeps whole device pixels only.
        if (count % 10 === 0) at = { top: at.top, scrollTop: Math.round(scrollTopAt(tenMillion, at.top)) };
      }
    };
    step(96, 10_000);
    expect(at.top).toBeCloseTo(start + 960_000, 3);
    step(-96, 10_000);
    expect(at.top).toBeCloseTo(start, 3);
  });

  it('follows the thumb of the scrollbar far, and keeps rows of a short table at the scrollbar always', () => {
    const far = scrolled(tenMillion, moveTo(tenMillion, 0), 4_000_000);
    expect(seen(tenMillion, far.top).first).toBeGreaterThan(4_900_000);
    expect(scrolled(short, { top: 0, scrollTop: 0 }, 64)).toEqual({ top: 64, scrollTop: 64 });
  });

  it('stops at its ends', () => {
    expect(moveTo(tenMillion, -5).top).toBe(0);
    expect(moveTo(tenMillion, 1e12).top).toBe(furthest);
    expect(scrolled(tenMillion, moveTo(tenMillion, 64), moveTo(tenMillion, 64).scrollTop - 500).top).toBe(0);
    expect(moveTo({ rows: 3, rowHeight: 32, view: 608 }, 40).top).toBe(0);
    expect(seen({ rows: 0, rowHeight: 32, view: 608 }, 0).last).toBe(-1);
  });
});
