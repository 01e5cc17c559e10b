import { takesCluster } from '../../../shared/takesCluster.ts';
import type { Client } from '../../rpc/client.ts';

/** A client whose calls name this MinIO cluster wherever a call takes one (`--cluster`). */
export function aboutCluster(client: Client, cluster: string | undefined): Client {
  if (cluster === undefined) return client;
  return { ...client, call: (name, input, signal) => client.call(name, takesCluster(name) ? { cluster, ...input } : input, signal) };
}

/** How a run is named on the command line so that it is found again. */
export function namedRun(id: string, cluster: string | undefined): string {
  return cluster === undefined ? id : `${id} --cluster ${cluster}`;
}
