import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { MapNode } from '../../../../shared/audit.ts';
import { useClient } from '../../../rpc/hooks.ts';
import { type By, placeKey } from './values.ts';

/** What lies below open rows that the map's own answer does not reach, by place. */
export function useBranches(
  run: { stackId: string; id: string },
  nodes: readonly MapNode[],
  by: By,
  every: number | false,
): ReadonlyMap<string, MapNode> {
  const client = useClient();
  const answers = useQueries({
    queries: nodes.map(({ bucket, prefix }) => {
      const input = { ...run, ...(bucket === undefined ? {} : { bucket }), prefix, by, depth: 1, cells: 600 };
      return {
        queryKey: ['audit.map', input],
        queryFn: ({ signal }: { signal: AbortSignal }) => client.call('audit.map', input, signal),
        refetchInterval: every,
      };
    }),
    combine: (results) => results.map(({ data }) => data?.node),
  });
  return useMemo(() => {
    const found = new Map<string, MapNode>();
    for (const [at, node] of nodes.entries()) {
      const answer = answers[at];
      if (answer) found.set(placeKey(node), answer);
    }
    return found;
  }, [nodes, answers]);
}
