import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { moveTo, type Position, reveal, type Span, scrolled, scrollTopAt, seen, spaceOf } from './rank.ts';

interface RowScroll {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Height of the window onto the rows, and of what the scrollbar stands for, px. */
  readonly view: number;
  readonly space: number;
  readonly first: number;
  readonly last: number;
  /** How far the first row is pushed up, px. */
  readonly shift: number;
  /** Whole rows that the window shows. */
  readonly fit: number;
  /** Brings a rank into sight, by the least movement. */
  show(rank: number): void;
}

/**
 * Which rows a scrolling element shows, of as many as there are; those of another list are shown from their beginning. The
 * element has a head of `headHeight` that stays. `leading`: rows at the beginning that may become more.
 */
export function useRowScroll(list: object, rows: number, rowHeight: number, headHeight: number, leading = 0): RowScroll {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState(0);
  const [position, setPosition] = useState<Position>({ top: 0, scrollTop: 0 });
  const span: Span = { rows, rowHeight, view };
  const now = useRef({ span, position });
  now.current = { span, position };

  const put = useCallback((next: Position): void => {
    now.current.position = next;
    setPosition(next);
  }, []);

  /** Puts the scrollbar where the rows are; what it made of that is where it was. */
  const align = useCallback((): void => {
    const element = scroller.current;
    if (!element) return;
    const { top } = now.current.position;
    const wanted = scrollTopAt(now.current.span, top);
    if (Math.abs(element.scrollTop - wanted) > 1) element.scrollTop = wanted;
    put({ top, scrollTop: element.scrollTop });
  }, [put]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = new ResizeObserver(() => setView(Math.max(0, element.clientHeight - headHeight)));
    measure.observe(element);
    setView(Math.max(0, element.clientHeight - headHeight));
    const onScroll = (): void => {
      const { span: of, position: from } = now.current;
      if (Math.abs(element.scrollTop - from.scrollTop) < 0.5) return;
      // Drawn in the same frame: otherwise the scrollbar would be ahead of the rows.
      flushSync(() => put(scrolled(of, from, element.scrollTop)));
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    // At rest the scrollbar is put right again, so that small movements never use up its way.
    element.addEventListener('scrollend', align, { passive: true });
    return () => {
      measure.disconnect();
      element.removeEventListener('scroll', onScroll);
      element.removeEventListener('scrollend', align);
    };
  }, [headHeight, put, align]);

  // More or fewer rows: the ones that are looked at stay.
  const former = useRef({ list, leading });
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the span changes
  useLayoutEffect(() => {
    const { top } = now.current.position;
    const inserted = top >= former.current.leading * rowHeight && top > 0 ? leading - former.current.leading : 0;
    put(moveTo(now.current.span, former.current.list === list ? top + inserted * rowHeight : 0));
    former.current = { list, leading };
    align();
  }, [list, rows, view, leading, put, align]);

  const show = useCallback(
    (rank: number): void => {
      const { span: of, position: from } = now.current;
      const top = reveal(of, from.top, rank);
      if (top === from.top) return;
      put({ top: moveTo(of, top).top, scrollTop: from.scrollTop });
      align();
    },
    [put, align],
  );

  const { first, last } = seen(span, position.top);
  return {
    scroller,
    view,
    space: spaceOf(span),
    first,
    last,
    // On whole pixels: between them letters blur.
    shift: Math.round(position.top - first * rowHeight),
    fit: Math.max(1, Math.floor(view / rowHeight)),
    show,
  };
}
