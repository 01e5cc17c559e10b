import { type ClusterInput, clusterInput } from '../../../shared/clusters.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { firstOf, placeOf } from './document.ts';

export interface Ports {
  /** Ports of all stacks that are known here, whether their servers run or not. */
  reserved(): Promise<number[]>;
  nextFree(from: number, taken: ReadonlySet<number>): Promise<number>;
}

/** Free names and ports for the next cluster. `known`: ids of additions that are kept. Throws `clusterNoFirst`, `clusterStoreNotVault`. */
export async function proposeCluster(stack: Stack, known: readonly string[], { reserved, nextFree }: Ports): Promise<ClusterInput> {
  const { kes, minio } = firstOf(stack);
  const places = stack.kesClusters.flatMap((one) => placeOf(stack, one) ?? []);
  const taken = new Set([
    ...known,
    ...stack.minioClusters.map(({ id }) => id),
    ...places.flatMap(({ engine, appRole }) => [
      engine.prefix,
      appRole.role.replace(/^kes-/, ''),
      appRole.policy.replace(/-key-policy$/, ''),
    ]),
  ]);
  let number = 2;
  while (taken.has(`minio-${number}`)) number += 1;
  const id = `minio-${number}`;
  const used = new Set(await reserved());
  const next = async (from: number): Promise<number> => {
    const port = await nextFree(from, used);
    used.add(port);
    return port;
  };
  const [kesPort, minioPort] = [portOf(kes.nodes[0]?.url, 7373), portOf(minio.nodes[0]?.url, 9000)];
  return clusterInput.parse({
    id,
    ports: {
      kes: await next(kesPort + 10),
      kesSecond: await next(kesPort + 11),
      minio: await next(minioPort + 10),
      minioConsole: await next(minioPort + 11),
    },
    prefix: id,
    role: `kes-${id}`,
    policy: `${id}-key-policy`,
    keyPrefix: `${id}-`,
    key: `${id}-default`,
    cacheAny: kes.cache.any,
    cacheUnused: kes.cache.unused,
  });
}

/** Whatever the first one's address is, further servers are here: at a high port that needs no rights. */
function portOf(url: string | undefined, usual: number): number {
  const port = Number(url && new URL(url).port) || usual;
  return port >= 1024 && port < 65_000 ? port : usual;
}
