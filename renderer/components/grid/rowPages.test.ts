import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import { createRowPages } from './rowPages.ts';

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** A view of that many rows, each its rank; calls are listed, and each can be held back. */
function view(rows: number, { counted = true } = {}) {
  const calls: number[] = [];
  const aborted: number[] = [];
  const state = { rows, held: false };
  const ask = async (offset: number, limit: number, signal: AbortSignal) => {
    calls.push(offset);
    if (state.held) {
      await new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          aborted.push(offset);
          reject(new AppError('cancelled'));
        }),
      );
    }
    const there = Math.max(0, Math.min(limit, state.rows - offset));
    return { rows: Array.from({ length: there }, (_, at) => offset + at), ...(counted ? { total: state.rows } : {}) };
  };
  return { ask, calls, aborted, state };
}

const quick = { restMs: 0 };

describe('the pages of a long table', () => {
  it('are asked for where one looks and next to it, and nowhere else', async () => {
    const { ask, calls } = view(1_000_000);
    const pages = createRowPages(ask, quick);
    pages.onChange(() => undefined);
    await settle();
    pages.want(500_020, 500_040);
    await settle();
    expect(pages.row(500_030)).toBe(500_030);
    expect(pages.row(500_160)).toBe(500_160);
    expect(pages.row(400_000)).toBeUndefined();
    expect(calls.sort((a, b) => a - b)).toEqual([0, 499_900, 500_000, 500_100]);
    expect(pages.count()).toMatchObject({ rows: 1_000_000, known: true });
  });

  it('are never kept beyond their number, however far one scrolls', async () => {
    const { ask } = view(1_000_000);
    const pages = createRowPages(ask, { ...quick, kept: 10 });
    pages.onChange(() => undefined);
    for (let rank = 0; rank < 10_000; rank += 100) {
      pages.want(rank, rank + 20);
      await settle();
    }
    const there = Array.from({ length: 100 }, (_, page) => pages.row(page * 100)).filter((row) => row !== undefined);
    expect(there.length).toBeLessThanOrEqual(10);
    expect(pages.row(9_910)).toBe(9_910);
  });

  it('that nobody looks at any more are called off', async () => {
    const { ask, aborted, state } = view(1_000_000);
    const pages = createRowPages(ask, quick);
    pages.onChange(() => undefined);
    await settle();
    state.held = true;
    pages.want(50_000, 50_020);
    await settle();
    state.held = false;
    pages.want(90_000, 90_020);
    await settle();
    expect(aborted).toContain(50_000);
    expect(pages.row(90_010)).toBe(90_010);
    expect(pages.error()).toBeUndefined();
  });

  it('grow with a run that nobody has counted yet, and say so', async () => {
    const { ask, state } = view(250, { counted: false });
    const pages = createRowPages(ask, quick);
    pages.onChange(() => undefined);
    await settle();
    expect(pages.count()).toEqual({ rows: 200, known: false, seen: 100 });
    pages.want(150, 199);
    await settle();
    pages.want(200, 260);
    await settle();
    expect(pages.count()).toMatchObject({ rows: 250, known: true });
    state.rows = 270;
    pages.grown();
    await settle();
    expect(pages.row(265)).toBe(265);
    expect(pages.count().rows).toBe(270);
  });

  it('ask again for a count that the store has not made yet, and keep it then', async () => {
    const { ask, calls } = view(5_000, { counted: false });
    let counted = false;
    const pages = createRowPages(
      async (offset, limit, signal) => ({ ...(await ask(offset, limit, signal)), ...(counted ? { total: 5_000 } : {}) }),
      { ...quick, countMs: 1 },
    );
    pages.onChange(() => undefined);
    await settle();
    expect(pages.count()).toMatchObject({ rows: 200, known: false });
    counted = true;
    await settle();
    await settle();
    expect(pages.count()).toMatchObject({ rows: 5_000, known: true });
    const asked = calls.length;
    await settle();
    expect(calls.length).toBe(asked);
    pages.stop();
  });

  it('are asked for again when the store has dropped its list of them', async () => {
    let dropped = 2;
    const pages = createRowPages(async (offset) => {
      if (dropped-- > 0) throw new AppError('auditViewEnded');
      return { rows: [offset], total: 1 };
    }, quick);
    pages.onChange(() => undefined);
    await settle();
    expect(pages.error()).toBeUndefined();
    expect(pages.row(0)).toBe(0);
  });

  it('tell an error once and go on after it', async () => {
    let broken = true;
    const pages = createRowPages(async (offset, limit) => {
      if (broken) throw new AppError('auditUnknown', { id: 'x' });
      return { rows: Array.from({ length: Math.min(limit, 50) }, (_, at) => offset + at), total: 50 };
    }, quick);
    pages.onChange(() => undefined);
    await settle();
    expect(pages.error()?.code).toBe('auditUnknown');
    broken = false;
    pages.retry();
    await settle();
    expect(pages.error()).toBeUndefined();
    expect(pages.row(49)).toBe(49);
  });
});
