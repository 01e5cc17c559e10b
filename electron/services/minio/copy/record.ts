import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { copyEncrypt, copyFailure } from '../../../../shared/minioCopy.ts';
import { writeJsonFile } from '../../../platform/atomicFile.ts';
import { readDocumentFile } from '../../../platform/storedDocument.ts';

/** A copy on disk: an engine that was killed goes on from the last page of each bucket. */
const form = {
  version: 1,
  schema: z.object({
    version: z.literal(1),
    from: z.string(),
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

export interface CopyRecords {
  read(stackId: string, from: string): Promise<CopyRecord | undefined>;
  write(stackId: string, record: CopyRecord): Promise<void>;
  list(stackId: string): Promise<CopyRecord[]>;
}

export function createCopyRecords(dataFolder: string): CopyRecords {
  const folder = (stackId: string): string => join(dataFolder, 'stacks', stackId, 'copies');
  const read = (stackId: string, from: string) => readDocumentFile(join(folder(stackId), `${from}.json`), form);
  return {
    read,
    write: (stackId, record) => writeJsonFile(join(folder(stackId), `${record.from}.json`), record),
    async list(stackId) {
      const names = await readdir(folder(stackId)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
      const found = await Promise.all(ids.map((from) => read(stackId, from)));
      return found.filter((record) => record !== undefined);
    },
  };
}
