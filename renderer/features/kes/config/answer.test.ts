import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../shared/kesConfig.ts';
import { byLine, linesOf, markOf, worstOf } from './answer.ts';

const finding = (change: Partial<Finding>): Finding => ({
  severity: 'outdated',
  today: 'ignores',
  text: { code: 'kesFindRetry', params: { key: 'retry' } },
  path: 'x',
  from: 'file',
  ...change,
});

describe('what is said of a configuration', () => {
  it('is the worst first: what ends the server, then what paralyses it, then the rest', () => {
    const dangerous = finding({ severity: 'dangerous', today: 'takes' });
    const refuses = finding({ today: 'refuses' });
    const ends = finding({ today: 'ends' });
    expect(worstOf([])).toBeUndefined();
    expect(worstOf([finding({}), dangerous])).toEqual({ says: 'dangerous', mark: 'warn', count: 1 });
    expect(worstOf([dangerous, refuses])).toEqual({ says: 'refuses', mark: 'fail', count: 1 });
    expect(worstOf([dangerous, refuses, ends, ends])).toEqual({ says: 'ends', mark: 'fail', count: 2 });
    // A flag of the old command line is not in the file.
    expect(worstOf([finding({ today: 'ends', from: 'command' })])?.says).toBe('outdated');
    expect(markOf(refuses)).toBe('fail');
  });

  it('stands at its line, and what is about no line at 0', () => {
    const found = byLine([finding({ line: 3 }), finding({}), finding({ line: 3 })]);
    expect([found.get(3)?.length, found.get(0)?.length]).toEqual([2, 1]);
    expect(linesOf(' a \n\n b')).toEqual(['a', 'b']);
  });
});
