import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { copyEncrypt, copyFailure } from '../../../../shared/minioCopy.ts';
import { recordName } from '../../../jobs/clusterView.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { writeJsonFile } from '../../../platform/atomicFile.ts';
import { readDocumentFile } from '../../../platform/storedDocument.ts';

/** A copy on disk: an engine that was killed goes on from the last page of each bucket. */
const form = {
  version: 1,
  schema: z.object({
    version: z.literal(1),
    from: z.string(),
    /** The MinIO cluster of that stack. Absent: the first. */
    fromCluster: z.string().optional(),
    fromName: z.string(),
    startedAt: z.string(),
    encrypt: copyEncrypt,
    copied: z.int(),
    bytes: z.number(),
    /** By bucket: `after` is the last name of a page that is done; `finished`: all of it is. */
    buckets: z.record(z.string(), z.object({ after: z.string().optional(), finished: z.boolean() })),
    failures: z.array(copyFailure),
    finishedAt: z.string().optional(),
  }),
};
export type CopyRecord = z.infer<typeof form.schema>;

/** One MinIO: a stack's id, and the cluster where it is not the first. */
export interface CopyEnd {
  readonly stackId: string;
  readonly cluster?: string | undefined;
}

export const copyEndOf = ({ stack, cluster }: Pick<StackAccess, 'stack' | 'cluster'>): CopyEnd => ({ stackId: stack.id, cluster });

export interface CopyRecords {
  read(to: CopyEnd, from: CopyEnd): Promise<CopyRecord | undefined>;
  write(to: CopyEnd, record: CopyRecord): Promise<void>;
  list(to: CopyEnd): Promise<CopyRecord[]>;
}

export function createCopyRecords(dataFolder: string): CopyRecords {
  const folder = ({ stackId, cluster }: CopyEnd): string => join(dataFolder, 'stacks', stackId, recordName('copies', cluster));
  const file = (to: CopyEnd, from: CopyEnd): string => join(folder(to), `${recordName(from.stackId, from.cluster)}.json`);
  return {
    read: (to, from) => readDocumentFile(file(to, from), form),
    write: (to, record) => writeJsonFile(file(to, { stackId: record.from, cluster: record.fromCluster }), record),
    async list(to) {
      const names = await readdir(folder(to)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      const files = names.filter((name) => name.endsWith('.json'));
      const found = await Promise.all(files.map((name) => readDocumentFile(join(folder(to), name), form)));
      return found.filter((record) => record !== undefined);
    },
  };
}
