import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eachOf, forEachOf } from './eachOf.ts';

describe('working on each, so many at once', () => {
  it('gives the results in the order of the items, with never more under way', async () => {
    let underWay = 0;
    let most = 0;
    const results = await eachOf([5, 1, 4, 2, 3], 2, async (turns) => {
      most = Math.max(most, ++underWay);
      for (let at = 0; at < turns; at++) await turn();
      underWay--;
      return turns * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
    expect(await eachOf([], 4, async () => 1)).toEqual([]);
  });

  it('takes an item only when its turn comes', async () => {
    let made = 0;
    function* numbers(): Generator<number> {
      for (;;) yield ++made;
    }
    const work = forEachOf(numbers(), 3, async (number) => {
      if (number === 10) throw new Error('enough');
      await turn();
    });
    await expect(work).rejects.toThrow('enough');
    expect(made).toBeLessThanOrEqual(12);
  });

  it('begins nothing after the first failure, aborts what is under way, and throws that failure when all has ended', async () => {
    const begun: string[] = [];
    const ended: string[] = [];
    const work = eachOf(['slow', 'bad', 'never', 'never too'], 2, async (name, failed) => {
      begun.push(name);
      if (name === 'bad') throw new Error('first');
      while (!failed.aborted) await turn();
      for (let at = 0; at < 5; at++) await turn();
      ended.push(name);
      throw new Error('only because of the first');
    });
    await expect(work).rejects.toThrow('first');
    expect(begun).toEqual(['slow', 'bad']);
    expect(ended).toEqual(['slow']);
  });

  it('hands on a failure of the items themselves, and one that is no error at all', async () => {
    function* broken(): Generator<number> {
      yield 1;
      throw new Error('no more items');
    }
    await expect(eachOf(broken(), 2, async () => undefined)).rejects.toThrow('no more items');
    await expect(eachOf([1], 1, () => Promise.reject(undefined))).rejects.toBeUndefined();
  });
});
