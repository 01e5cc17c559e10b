import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClusterRecord, clusterRecord } from '../../../shared/clusters.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import { clusterId } from '../../../shared/stacks.ts';
import { writeJsonFile } from '../../platform/atomicFile.ts';
import { readDocumentFile } from '../../platform/storedDocument.ts';

/** What was asked of each further cluster and how far it came: `stacks/<id>/clusters/<cluster>.json` of the data folder. */
export interface ClusterRecords {
  read(stackId: string, cluster: string): Promise<ClusterRecord | undefined>;
  /** Those that can be read; one that cannot stops nothing but what it is about. */
  readable(stackId: string): Promise<ClusterRecord[]>;
  /** Names of all, also of those that cannot be read. */
  names(stackId: string): Promise<string[]>;
  /** Returns when it is on disk. */
  write(stackId: string, record: ClusterRecord): Promise<void>;
}

export function createClusterRecords(dataFolder: string): ClusterRecords {
  const folder = (stackId: string): string => join(dataFolder, 'stacks', stackId, 'clusters');
  const file = (stackId: string, cluster: string): string => join(folder(stackId), `${cluster}.json`);
  const read = (stackId: string, cluster: string): Promise<ClusterRecord | undefined> =>
    readDocumentFile(file(stackId, cluster), {
      version: 1,
      // Under another's name it would go on with another's servers.
      schema: clusterRecord.refine(({ input }) => input.id === cluster, { path: ['input', 'id'] }),
    });
  const names = async (stackId: string): Promise<string[]> => {
    const found = (await readdir(folder(stackId)).catch((): string[] => [])).sort();
    const ids = found.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    return ids.filter((id) => clusterId.safeParse(id).success);
  };
  return {
    read,
    names,
    async readable(stackId) {
      const one = (id: string): ReturnType<typeof read> =>
        read(stackId, id).catch((error: unknown) => {
          if (isAppError(error)) return undefined;
          throw error;
        });
      return (await Promise.all((await names(stackId)).map(one))).flatMap((record) => record ?? []);
    },
    write: (stackId, record) => writeJsonFile(file(stackId, record.input.id), record),
  };
}
