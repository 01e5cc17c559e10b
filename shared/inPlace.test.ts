import { expect, it } from 'vitest';
import { inPlacePlan, isOfNothing } from './inPlace.ts';

it('reads plans of before, whose commands are lines alone', () => {
  const plan = { id: '20261122T020000-1a2b3c4d', at: '2026-11-22T02:00:00Z', objects: 1, bytes: 1, buckets: [], leftOut: [], warns: [] };
  const command = { comment: { code: 'inPlaceCommandAll' }, line: 'mc cp' };
  expect(inPlacePlan.parse({ ...plan, commands: ['mc cp', command] }).commands).toEqual([{ line: 'mc cp' }, command]);
});

it('keeps what has objects, and what is still being looked for', () => {
  expect(isOfNothing({ state: 'planned', total: 0 })).toBe(true);
  expect(isOfNothing({ state: 'planning', total: 0 })).toBe(false);
  expect(isOfNothing({ state: 'cancelled', total: 1 })).toBe(false);
});
