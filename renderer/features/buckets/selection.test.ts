import { expect, it } from 'vitest';
import { extendTo, moveTo, nothing, stillThere, toggle, toggleAll } from './selection.ts';

const names = ['a', 'b', 'c', 'd'];

it('a row is chosen and given up again', () => {
  const one = toggle(nothing, names, 1);
  expect([...one.chosen]).toEqual(['b']);
  expect([...toggle(one, names, 1).chosen]).toEqual([]);
  expect(toggle(one, names, 9)).toBe(one);
});

it('a range goes from the last row chosen, in either direction, and keeps the others', () => {
  expect(stillThere(extendTo(toggle(nothing, names, 2), names, 0), names)).toEqual(['a', 'b', 'c']);
  const far = toggle(toggle(nothing, names, 0), names, 2);
  expect(stillThere(extendTo(far, names, 3), names)).toEqual(['a', 'c', 'd']);
  // Moving the cursor alone chooses nothing.
  expect(stillThere(moveTo(far, 3), names)).toEqual(['a', 'c']);
});

it('all are chosen at once, and none when all were', () => {
  const all = toggleAll(toggle(nothing, names, 1), names);
  expect(all.chosen.size).toBe(4);
  expect(toggleAll(all, names).chosen.size).toBe(0);
});

it('a bucket that is gone is not chosen any more', () => {
  expect(stillThere(toggle(nothing, names, 0), ['b', 'c'])).toEqual([]);
});
