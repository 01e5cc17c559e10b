import { useEffect, useState } from 'react';

/** The value once it has rested for `ms`. Compared by content: a new object that says the same starts no clock. */
export function useDebounced<T>(value: T, ms: number): T {
  const [rested, setRested] = useState(value);
  const key = JSON.stringify(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the value
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [key, ms]);
  return rested;
}
