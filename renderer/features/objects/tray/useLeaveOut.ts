import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { Upload } from '../../../../shared/uploads.ts';
import { useAction } from '../../../rpc/hooks.ts';

interface Rows {
  upload: Upload;
  list: RefObject<HTMLElement | null>;
  scroller: RefObject<HTMLElement | null>;
  count: number;
  /** Numbers of the rows that exist. */
  shown: readonly number[];
  scrollTo(index: number): void;
}

/**
 * Leaving out single files of a tray. Thousands of rows are one stop of the Tab key: among their buttons the arrows move,
 * also to rows that do not exist yet.
 */
export function useLeaveOut({ upload: { stackId, id, files }, list, scroller, count, shown, scrollTo }: Rows) {
  const { run, error } = useAction('uploads.leaveOut');
  const [at, setAt] = useState(0);
  const wanted = useRef(false);
  const left = useRef(false);
  const stop = shown.includes(at) ? at : (shown[0] ?? 0);

  useEffect(() => {
    if (!wanted.current) return;
    const button = list.current?.querySelector<HTMLElement>(`[data-index="${at}"] [data-leave]`);
    if (!button) return;
    wanted.current = false;
    button.focus({ preventScroll: true });
  });
  // With the last row its button goes, and the focus with it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: fewer files are the reason
  useEffect(() => {
    if (left.current && document.activeElement === document.body) scroller.current?.focus({ preventScroll: true });
    left.current = false;
  }, [files, scroller]);

  return {
    error,
    leaveOut(n: number): void {
      left.current = true;
      void run({ stackId, id, items: [n] });
    },
    tabIndexOf: (index: number): 0 | -1 => (index === stop ? 0 : -1),
    onKeyDown(event: KeyboardEvent): void {
      if (!(event.target instanceof HTMLElement) || event.target.dataset.leave === undefined) return;
      const from = Number(event.target.closest<HTMLElement>('[data-index]')?.dataset.index ?? stop);
      const next = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: count - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      const to = Math.max(0, Math.min(count - 1, next));
      wanted.current = true;
      setAt(to);
      scrollTo(to);
    },
  };
}
