import { type ReactNode, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { clusterMark, firstCluster, projected } from '../../shared/projected.ts';
import { clusterId, type Stack } from '../../shared/stacks.ts';
import { ClusterProvider, useCall, useClusterScope } from '../rpc/hooks.ts';
import { noScope } from '../rpc/inCluster.ts';
import { useCurrentStack } from './currentStack.ts';

interface Clusters {
  /** Of the stack that the window is about; one or none: there is nothing to choose. */
  readonly ids: readonly string[];
  readonly chosen: string;
  choose(id: string): void;
}

/** The address names the cluster, so that a window that is opened again, or a link, is about the same one. */
function useNamed(): string | undefined {
  return clusterId.safeParse(new URLSearchParams(useSearch()).get('cluster')).data;
}

/** Pages about one MinIO cluster and its KES. The others are about the whole stack, or, as the set-up, about the first. */
const clusterPages =
  /^\/(?:kes(?!\/move(?:\/|$))|minio|minio-copy|minio-variables|in-place|objects|customer-keys|audit|proof|wizard\/check)(?:[/?]|$)/;

export function isAboutOneCluster(address: string): boolean {
  return clusterPages.test(address);
}

/** Below, pages about one cluster are about the one that the address names: every call about the current stack carries it. */
export function InCluster({ children }: { children: ReactNode }) {
  const { stack } = useCurrentStack();
  const named = useNamed();
  const [address] = useLocation();
  const ids = useDocumentOf(stack?.id)?.minioClusters.map(({ id }) => id);
  const cluster = named !== undefined && (ids === undefined || ids.includes(named)) ? clusterMark(named).cluster : undefined;
  const several = (ids?.length ?? 0) > 1;
  const stackId = stack?.id;
  const about = isAboutOneCluster(address);
  const scope = useMemo(() => (about ? { stackId, cluster, several } : noScope), [about, stackId, cluster, several]);
  return <ClusterProvider scope={scope}>{children}</ClusterProvider>;
}

/** The address of a page about this cluster. Without the question mark it stays about the one that the address named last. */
export function pageOfCluster(path: string, id: string): string {
  return `${path}?${id === firstCluster ? '' : `cluster=${id}`}`;
}

export function useClusters(): Clusters {
  const { stackId, cluster } = useClusterScope();
  const [address, go] = useLocation();
  const ids = useDocumentOf(stackId)?.minioClusters.map(({ id }) => id) ?? [];
  // A page may show a bucket or a run of the cluster that is left: its section is opened from the beginning.
  const choose = (id: string): void => go(pageOfCluster(`/${address.split(/[/?]/)[1] ?? ''}`, id));
  return { ids, chosen: cluster ?? firstCluster, choose };
}

function useDocumentOf(stackId: string | undefined): Stack | undefined {
  return useCall('stacks.get', { id: stackId ?? '' }, { enabled: stackId !== undefined }).data;
}

/**
 * A stack's document; on a page about one cluster, that cluster is all there is in it. `of`: this one, on any page. Files have
 * their whole path.
 */
export function useStackDocument(stackId: string | undefined, of?: string): Stack | undefined {
  const document = useDocumentOf(stackId);
  const scope = useClusterScope();
  const cluster = of ?? (scope.several && scope.stackId === stackId ? (scope.cluster ?? firstCluster) : undefined);
  return useMemo(() => {
    if (document === undefined || cluster === undefined || !document.minioClusters.some(({ id }) => id === cluster)) return document;
    const own = document.minioClusters.find(({ id }) => id === cluster)?.identity;
    const identities = document.identities.filter(({ id, purpose }) => purpose === 'operator' || id === own);
    return { ...projected(document, cluster), identities };
  }, [document, cluster]);
}
