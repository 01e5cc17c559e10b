import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createThrottle } from './throttle.ts';

describe('telling of many changes', () => {
  const told: string[] = [];
  const failures: unknown[] = [];
  const throttle = createThrottle(100, (error, name) => failures.push([name, error]));

  beforeEach(() => {
    vi.useFakeTimers();
    told.length = 0;
    failures.length = 0;
  });
  afterEach(() => {
    throttle.drop();
    vi.useRealTimers();
  });

  it('is once in so long for each name, and the last change is always told', () => {
    let state = 0;
    const change = (name: string): void => {
      state += 1;
      throttle.soon(name, () => told.push(`${name} ${state}`));
    };
    change('a');
    change('a');
    change('b');
    expect(told).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(told).toEqual(['a 3', 'b 3']);
    change('a');
    vi.advanceTimersByTime(100);
    expect(told).toEqual(['a 3', 'b 3', 'a 4']);
  });

  it('is not done any more once it was dropped', () => {
    for (const name of ['a', 'b']) throttle.soon(name, () => told.push(name));
    throttle.drop('a');
    vi.advanceTimersByTime(500);
    expect(told).toEqual(['b']);
    throttle.soon('c', () => told.push('c'));
    throttle.drop();
    vi.advanceTimersByTime(500);
    expect(told).toEqual(['b']);
  });

  it('that fails ends nothing: the failure is handed on', () => {
    const full = new Error('disk full');
    throttle.soon('a', () => {
      throw full;
    });
    vi.advanceTimersByTime(100);
    expect(failures).toEqual([['a', full]]);
    throttle.soon('a', () => told.push('a'));
    vi.advanceTimersByTime(100);
    expect(told).toEqual(['a']);
  });
});
