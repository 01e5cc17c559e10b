import { useEffect, useRef } from 'react';
import type { PartProps, PartSays } from './ClusterPane.tsx';

/** Tells the frame what the part says now; said again only when it reads otherwise. */
export function useSays(says: PartProps['says'], said: PartSays): void {
  const text = JSON.stringify(said);
  const newest = useRef(said);
  newest.current = said;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for what is said
  useEffect(() => says(newest.current), [says, text]);
}
