import { useEffect, useState } from 'react';
import type { NodeNow } from '../../../../shared/kesKeys.ts';
import { type Read, type Sample, sampleOf, withSample } from './samples.ts';

interface Held {
  readonly last: Read;
  readonly samples: readonly Sample[];
}

/** Ten minutes of each node, as long as the page is open; what was not looked at stays a gap. */
export function useSamples(nodes: readonly NodeNow[] | undefined): ReadonlyMap<string, readonly Sample[]> {
  const [held, setHeld] = useState<ReadonlyMap<string, Held>>(new Map());
  useEffect(() => {
    if (!nodes) return;
    setHeld((before) => {
      const next = new Map(before);
      for (const { node, at, counts, keyStoreMs } of nodes) {
        const old = before.get(node);
        const now: Read = { at: Date.parse(at), counts };
        if (old?.last.at === now.at) continue;
        next.set(node, { last: now, samples: withSample(old?.samples ?? [], sampleOf(old?.last, now, keyStoreMs)) });
      }
      return next;
    });
  }, [nodes]);
  return new Map([...held].map(([node, { samples }]) => [node, samples]));
}
