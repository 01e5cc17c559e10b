import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type AskRows, createRowPages, type PageOptions, type RowPages } from './rowPages.ts';

const longestWaitMs = 400;

interface ShownPages<Row> {
  readonly pages: RowPages<Row>;
  /** Rises when they changed. */
  readonly version: number;
  /** They are still those of the former key. */
  readonly former: boolean;
}

/**
 * The pages of the view that `key` names. When it changes, the former ones are shown until the new ones have an answer (at
 * most 400 ms), so that a filter does not empty the table for a moment.
 */
export function useRowPages<Row>(key: string, ask: AskRows<Row>, options: PageOptions = {}): ShownPages<Row> {
  const latest = useRef(ask);
  latest.current = ask;
  const make = (): { key: string; pages: RowPages<Row> } => {
    const own = latest.current;
    return { key, pages: createRowPages<Row>((offset, limit, signal) => own(offset, limit, signal), options) };
  };
  const [shown, setShown] = useState(make);
  const version = useSyncExternalStore(shown.pages.onChange, shown.pages.version);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `ask` belongs to the key
  useEffect(() => {
    if (key === shown.key) return;
    const next = make();
    let taken = false;
    const take = (): void => {
      if (taken) return;
      taken = true;
      setShown(next);
    };
    const off = next.pages.onChange(() => {
      if (next.pages.asked() || next.pages.error()) take();
    });
    const timer = setTimeout(take, longestWaitMs);
    return () => {
      clearTimeout(timer);
      off();
      if (!taken) next.pages.stop();
    };
  }, [key, shown]);
  useEffect(() => () => shown.pages.stop(), [shown]);
  return { pages: shown.pages, version, former: shown.key !== key };
}
