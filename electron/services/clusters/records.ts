import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClusterRecord, clusterRecord } from '../../../shared/clusters.ts';
import { clusterId } from '../../../shared/stacks.ts';
import { writeJsonFile } from '../../platform/atomicFile.ts';
import { readDocumentFile } from '../../platform/storedDocument.ts';

const form = { version: 1, schema: clusterRecord };

/** What was asked of each further cluster and how far it came: `stacks/<id>/clusters/<cluster>.json` of the data folder. */
export interface ClusterRecords {
  read(stackId: string, cluster: string): Promise<ClusterRecord | undefined>;
  list(stackId: string): Promise<ClusterRecord[]>;
  /** Returns when it is on disk. */
  write(stackId: string, record: ClusterRecord): Promise<void>;
  remove(stackId: string, cluster: string): Promise<void>;
}

export function createClusterRecords(dataFolder: string): ClusterRecords {
  const folder = (stackId: string): string => join(dataFolder, 'stacks', stackId, 'clusters');
  const file = (stackId: string, cluster: string): string => join(folder(stackId), `${cluster}.json`);
  const read = (stackId: string, cluster: string): Promise<ClusterRecord | undefined> => readDocumentFile(file(stackId, cluster), form);
  return {
    read,
    async list(stackId) {
      const names = (await readdir(folder(stackId)).catch((): string[] => [])).sort();
      const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
      const found = await Promise.all(ids.filter((id) => clusterId.safeParse(id).success).map((id) => read(stackId, id)));
      return found.flatMap((record) => record ?? []);
    },
    write: (stackId, record) => writeJsonFile(file(stackId, record.input.id), record),
    async remove(stackId, cluster) {
      await unlink(file(stackId, cluster)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    },
  };
}
