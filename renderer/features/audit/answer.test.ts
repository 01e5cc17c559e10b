import { describe, expect, it } from 'vitest';
import { madeAudit } from '../../../shared/audit.testSupport.ts';
import type { Audit } from '../../../shared/audit.ts';
import { answerOf } from './answer.ts';

const run = (objects: readonly number[], more: Partial<Audit> = {}): Audit =>
  madeAudit({ current: { objects: [...objects], bytes: [0, 0, 0, 0, 0, 0] }, ...more });
const said = (audit: Audit) => {
  const { mark, first, more } = answerOf(audit);
  return [mark, first, ...more];
};

describe('the answer to "which objects are not encrypted?"', () => {
  it('is green only when every object was seen and is encrypted', () => {
    expect(said(run([0, 0, 0, 1, 2, 3]))).toEqual(['ok', 'clean']);
    expect(said(run([0, 0, 0, 1, 2, 3], { sample: true }))).toEqual(['info', 'cleanSample']);
  });
  it.each([
    ['plaintext', run([7, 0, 0, 0, 0, 3]), ['fail', 'plain']],
    ['unreadable', run([0, 7, 0, 0, 0, 3]), ['fail', 'lost']],
    ['both, and some unknown', run([7, 7, 7, 0, 0, 3]), ['fail', 'plainLost', 'unknown']],
    ['unknown alone', run([0, 0, 7, 0, 0, 3]), ['warn', 'partly', 'unknown']],
    ['a gap alone', run([0, 0, 0, 0, 0, 3], { gaps: 1 }), ['warn', 'partly', 'gaps']],
    ['a gap and nothing else', run([0, 0, 0, 0, 0, 0], { gaps: 1 }), ['warn', 'nothing', 'gaps']],
    [
      'an older version in the open',
      run([0, 0, 0, 0, 0, 3], { noncurrent: { objects: [2, 0, 0, 0, 0, 0], bytes: [0, 0, 0, 0, 0, 0] } }),
      ['fail', 'partly', 'oldPlain'],
    ],
    ['no object at all', run([0, 0, 0, 0, 0, 0]), ['info', 'nothing']],
  ])('is not green with %s', (_, audit, expected) => {
    expect(said(audit)).toEqual(expected);
  });
  it('is never green before the end, however good it looks', () => {
    for (const state of ['running', 'paused', 'waiting', 'interrupted', 'cancelled', 'failed'] as const) {
      expect(said(run([0, 0, 0, 0, 0, 3], { state, phase: 'listing' }))).toEqual(['absent', 'running']);
    }
  });
});
