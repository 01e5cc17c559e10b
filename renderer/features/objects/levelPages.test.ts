import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import { type AskPage, createLevelPages, type Listing } from './levelPages.ts';

const object = (key: string): Listing['objects'][number] => ({ key, size: 1, encryption: { state: 'sse-s3' } });
const page = (keys: string[], more: Partial<Listing> = {}): Listing => ({
  prefixes: [],
  objects: keys.map(object),
  scanned: keys.length,
  ...more,
});
const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

/** Answers page by page out of a list, and notes what was asked for. */
function asker(all: () => string[], perPage = 1000): { ask: AskPage; asked: [string | undefined, number][] } {
  const asked: [string | undefined, number][] = [];
  return {
    asked,
    ask: async (token, limit) => {
      asked.push([token, limit]);
      const from = Number(token ?? 0);
      const end = from + Math.min(limit, perPage);
      const names = all();
      return page(names.slice(from, end), end < names.length ? { next: String(end) } : {});
    },
  };
}
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `name-${String(at).padStart(6, '0')}`);

describe('the pages of a level', () => {
  it('the first page is short, the next ones come as one nears the end', async () => {
    const { ask, asked } = asker(() => names(2500));
    const pages = createLevelPages(ask);
    pages.onChange(() => undefined);
    await settled();
    expect(pages.count()).toEqual({ rows: 1124, known: false, seen: 1100 });
    expect(asked).toEqual([
      [undefined, 100],
      ['100', 1000],
    ]);
    expect(pages.totals()).toMatchObject({ objects: 1100, more: true, loading: false });
    pages.want(0, 20);
    await settled();
    expect(asked).toHaveLength(2);
    pages.want(790, 810);
    await settled();
    pages.want(2000, 2020);
    await settled();
    expect(pages.count()).toEqual({ rows: 2500, known: true, seen: 2500 });
    expect(pages.row(2499)?.object?.key).toBe('name-002499');
  });

  it('folders of later pages come before all objects, and never twice', async () => {
    const answers = [page(['b'], { prefixes: ['a/'], next: '1' }), page(['d'], { prefixes: ['a/', 'c/'] })];
    const pages = createLevelPages(async () => answers.shift() ?? page([]));
    pages.onChange(() => undefined);
    await settled();
    await settled();
    expect([0, 1, 2, 3].map((rank) => pages.row(rank)?.folder ?? pages.row(rank)?.object?.key)).toEqual(['a/', 'c/', 'b', 'd']);
    expect(pages.leading?.()).toBe(2);
  });

  it('asking anew keeps what is shown until the answer is there, and takes what is new', async () => {
    let all = names(50);
    const { ask } = asker(() => all);
    const pages = createLevelPages(ask);
    pages.onChange(() => undefined);
    await settled();
    all = ['a-new-one', ...names(50)];
    pages.reload();
    expect(pages.row(0)?.object?.key).toBe('name-000000');
    await settled();
    expect(pages.row(0)?.object?.key).toBe('a-new-one');
    expect(pages.totals().objects).toBe(51);
  });

  it('asking anew while a page is on its way is done after it', async () => {
    const { ask, asked } = asker(() => names(10));
    const pages = createLevelPages(ask);
    pages.onChange(() => undefined);
    await settled();
    pages.reload();
    pages.reload();
    await settled();
    await settled();
    expect(asked).toHaveLength(3);
  });

  it('a search that finds nothing for long rests until it is told to go on', async () => {
    let asked = 0;
    const pages = createLevelPages(async () => {
      asked++;
      return { prefixes: [], objects: [], scanned: 60_000, next: String(asked) };
    });
    pages.onChange(() => undefined);
    for (let turn = 0; turn < 5; turn++) await settled();
    expect([asked, pages.totals().rests]).toEqual([2, true]);
    pages.goOn();
    for (let turn = 0; turn < 5; turn++) await settled();
    expect([asked, pages.totals().rests]).toEqual([4, true]);
  });

  it('a failure is told, keeps what was loaded, and can be tried again', async () => {
    let calls = 0;
    const { ask } = asker(() => names(300), 100);
    const pages = createLevelPages(async (...given) => {
      calls++;
      if (calls === 2) throw new AppError('networkTimeout', { host: 'h', reason: 'r' });
      return ask(...given);
    });
    pages.onChange(() => undefined);
    await settled();
    await settled();
    expect([pages.error()?.code, pages.totals().objects]).toEqual(['networkTimeout', 100]);
    pages.retry();
    await settled();
    expect([pages.error(), pages.totals().objects]).toEqual([undefined, 300]);
  });
});
