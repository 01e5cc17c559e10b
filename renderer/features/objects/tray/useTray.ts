import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { clusterMark, sameCluster } from '../../../../shared/projected.ts';
import type { Upload } from '../../../../shared/uploads.ts';
import { useCall, useClient, useClusterScope } from '../../../rpc/hooks.ts';
import { uploadsHere } from './shownUpload.ts';
import type { Taken } from './taken.ts';
import { onTray, type Reading, type Target, type TrayState, takeFiles, trayState, watch } from './trayStore.ts';

export interface Tray {
  readonly target: Target;
  /** The upload whose tray is open, if one is. */
  readonly shown: Upload | undefined;
  /** All that have something to say, the shown one among them. */
  readonly all: readonly Upload[];
  readonly reading: Reading | undefined;
  readonly failure: TrayState['failure'];
  readonly state: TrayState;
  /** `below`: the folder whose row was dropped on; otherwise the page's. */
  take(taken: Taken, below?: string): void;
}

/** The uploads of a bucket as its page shows them. */
export function useTray(target: Target): Tray {
  const client = useClient();
  const state = useSyncExternalStore(onTray, trayState);
  const { stackId, bucket, prefix } = target;
  const { cluster } = useClusterScope();
  const uploads = useCall('uploads.list', { stackId }).data?.uploads;
  useEffect(() => watch(client), [client]);
  return useMemo(() => {
    const here = { stackId, ...clusterMark(cluster), bucket, prefix };
    const { shown, all } = uploadsHere(uploads ?? [], bucket, state);
    const mine = (other: Target | undefined): boolean =>
      other?.stackId === stackId && sameCluster(other.cluster, cluster) && other.bucket === bucket;
    return {
      target: here,
      shown,
      all,
      reading: mine(state.reading) ? state.reading : undefined,
      failure: mine(state.failure?.target) ? state.failure : undefined,
      state,
      take: (taken, below = prefix) => void takeFiles(client, { ...here, prefix: below }, taken),
    };
  }, [client, stackId, cluster, bucket, prefix, uploads, state]);
}
