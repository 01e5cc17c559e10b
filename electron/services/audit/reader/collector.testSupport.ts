import type { Commit, KeyRange, StoreCalls } from '../work.ts';

export interface Stored {
  bucket: number;
  key: string;
  version?: string;
  latest: boolean;
}

/**
 * A store in memory. Commits become durable in their order and a little later than they are told; `kill` loses those that are
 * not yet, as a process that dies does.
 */
export function createCollector(given: readonly KeyRange[], wait: () => Promise<void>) {
  const ranges = new Map(given.map((range) => [range.id, range]));
  const rows: Stored[] = [];
  const gaps: NonNullable<Commit['gaps']> = [];
  let durable: Promise<void> = Promise.resolve();
  let alive = true;
  let most = 0;
  let open = 0;

  function keep({ entries, ranges: changed, gaps: more }: Commit): void {
    for (const range of changed) ranges.set(range.id, range);
    gaps.push(...(more ?? []));
    entries?.keys.forEach((key, index) => {
      const version = entries.versions?.[index];
      rows.push({
        bucket: entries.bucket,
        key,
        latest: ((entries.flags[index] ?? 0) & 1) === 1,
        ...(version === undefined ? {} : { version }),
      });
    });
  }

  const store: Pick<StoreCalls, 'commit'> = {
    commit(commit) {
      most = Math.max(most, ++open);
      durable = durable.then(wait).then(() => {
        if (alive) keep(commit);
        open--;
      });
      return durable;
    },
  };
  return {
    store,
    rows,
    gaps,
    get mostOpen() {
      return most;
    },
    unfinished: (): KeyRange[] => [...ranges.values()].filter(({ done }) => !done),
    ranges: () => [...ranges.values()],
    kill() {
      alive = false;
    },
    /** The same store, opened again by the next process. */
    async reopen() {
      await durable;
      alive = true;
    },
  };
}
