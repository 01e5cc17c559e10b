import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Audit, type AuditGap, audit, auditId } from '../../../shared/audit.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { writeJsonFile } from '../../platform/atomicFile.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import { readDocumentFile } from '../../platform/storedDocument.ts';

type ErrorFrame = AuditGap['error'];

export interface AuditFiles {
  /** The SQLite file of a run. */
  pathOf(stackId: string, id: string): string;
  /** Newest first. `damaged`: files that are no audit any more. */
  list(stackId: string): Promise<{ audits: Audit[]; damaged: { id: string; error: ErrorFrame }[] }>;
  /** As it was last saved. Throws `auditUnknown`, `fileDamaged`, `fileNewer`. */
  get(stackId: string, id: string): Promise<Audit>;
  save(value: Audit): Promise<void>;
  /** The rows alone, of a run that begins anew. */
  removeRows(stackId: string, id: string): Promise<void>;
  remove(stackId: string, id: string): Promise<void>;
}

const form = { version: 1, schema: audit };

/**
 * Two files a run, in the stack's own folder of the data folder: its rows in SQLite, and beside them what lists show as
 * JSON, so that a hundred runs are listed without a hundred databases being opened. The JSON is there first.
 */
export function createAuditFiles(dataFolder: string): AuditFiles {
  /** Two saves of a run at once must not end with the older one, nor one that is late bring back what was removed. */
  const inOrder = createSerialQueue();
  const folderOf = (stackId: string): string => join(dataFolder, 'stacks', stackId, 'audits');
  const summaryOf = (stackId: string, id: string): string => join(folderOf(stackId), `${id}.json`);

  async function get(stackId: string, id: string): Promise<Audit> {
    const found = auditId.safeParse(id).success ? await readDocumentFile(summaryOf(stackId, id), form) : undefined;
    if (!found) throw new AppError('auditUnknown', { id });
    return found;
  }

  async function removeRows(stackId: string, id: string): Promise<void> {
    for (const end of ['sqlite', 'sqlite-wal', 'sqlite-shm', 'sqlite-journal'])
      await rm(join(folderOf(stackId), `${id}.${end}`), { recursive: true, force: true, maxRetries: 3 });
  }

  return {
    pathOf: (stackId, id) => join(folderOf(stackId), `${id}.sqlite`),
    get,
    async list(stackId) {
      const names = await readdir(folderOf(stackId)).catch((): string[] => []);
      const known = names.map((name) => /^(.+)\.(?:json|sqlite)$/.exec(name)?.[1] ?? '').filter((id) => auditId.safeParse(id).success);
      const audits: Audit[] = [];
      const damaged: { id: string; error: ErrorFrame }[] = [];
      for (const id of [...new Set(known)].sort().reverse()) {
        try {
          audits.push(await get(stackId, id));
        } catch (error) {
          if (!isAppError(error)) throw error;
          damaged.push({ id, error: error.frame });
        }
      }
      return { audits, damaged };
    },
    save: (value) => inOrder(() => writeJsonFile(summaryOf(value.stackId, value.id), value)),
    removeRows,
    async remove(stackId, id) {
      // The summary goes last: a removal that was cut off is still listed and can be repeated.
      await removeRows(stackId, id);
      await inOrder(() => rm(summaryOf(stackId, id), { force: true }));
    },
  };
}
