import { useEffect, useState } from 'react';

const atOnce = 80;

/** How many of `count` rows to draw: some at once, the others slice by slice, so that nothing waits for a thousand of them. */
export function useRevealed(count: number): number {
  const [shown, setShown] = useState(atOnce);
  useEffect(() => {
    if (shown >= count) return;
    const timer = setTimeout(() => setShown(shown + atOnce), 0);
    return () => clearTimeout(timer);
  }, [shown, count]);
  return Math.min(shown, count);
}
