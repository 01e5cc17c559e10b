import { describe, expect, it } from 'vitest';
import { pagesOf, placeOfRow, segmentsOf, viewsOf } from './segments.ts';

const large = {
  phase: 'running' as const,
  files: 10_000,
  conflicts: 0,
  counts: { waits: 9000, sending: 4, checking: 1, done: 993, failed: 2 },
};
const shape = (upload: Parameters<typeof segmentsOf>[0]) => segmentsOf(upload, 'now').map(({ states, rows }) => [states[0], rows]);

describe('the rows of a tray', () => {
  it('are of a large upload only what needs a look, what moves, what comes next and the last ones', () => {
    expect(shape(large)).toEqual([
      ['alarm', 2],
      ['sending', 5],
      ['waits', 3],
      ['done', 10],
    ]);
  });

  it('are all of them in a small upload and before sending', () => {
    const small = { ...large, files: 12, counts: { waits: 4, done: 7, cancelled: 1 } };
    expect(shape(small)).toEqual([
      ['waits', 4],
      ['done', 7],
      ['skipped', 1],
    ]);
    expect(shape({ ...large, phase: 'staged', counts: { waits: 10_000 } })).toEqual([['waits', 10_000]]);
  });

  it('show what landed last first', () => {
    const segments = segmentsOf(large, 'now');
    expect(placeOfRow(segments, 0)).toMatchObject({ rank: 0 });
    expect(placeOfRow(segments, 10)).toMatchObject({ rank: 992, segment: { states: ['done'] } });
    expect(placeOfRow(segments, 19)).toMatchObject({ rank: 983 });
    expect(placeOfRow(segments, 20)).toBeUndefined();
  });

  it('ask for a page once, however many rows of it are in sight', () => {
    const segments = segmentsOf({ ...large, phase: 'staged', counts: { waits: 10_000 } }, 'now');
    const sight = Array.from({ length: 30 }, (_, at) => 4985 + at);
    expect(pagesOf(segments, sight, 100)).toEqual([
      { states: ['waits'], conflicts: false, offset: 4900 },
      { states: ['waits'], conflicts: false, offset: 5000 },
    ]);
  });

  it('can be chosen by kind where not all are shown, and always where something was refused or is there already', () => {
    expect(viewsOf(large)).toEqual([
      { view: 'waits', count: 9000 },
      { view: 'done', count: 993 },
      { view: 'failed', count: 2 },
    ]);
    const staged = { phase: 'staged' as const, files: 5, conflicts: 2, counts: { waits: 5, refused: 1 } };
    expect(viewsOf(staged)).toEqual([
      { view: 'refused', count: 1 },
      { view: 'conflicts', count: 2 },
    ]);
    expect(segmentsOf(staged, 'conflicts')).toMatchObject([{ conflicts: true, rows: 2 }]);
    expect(viewsOf({ ...staged, conflicts: 0, counts: { waits: 5 } })).toEqual([]);
  });
});
