import { z } from 'zod';
import { undoId } from '../../../shared/buckets.ts';
import { bucketRule } from '../../../shared/minio.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { StackFolder } from '../../jobs/step.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import { DocumentRefused, readDocument } from '../../platform/storedDocument.ts';

const change = z.object({ bucket: z.string(), from: bucketRule.optional(), to: bucketRule });
const undo = z.object({ id: undoId, at: z.string(), changes: z.array(change) });
export type Undo = z.infer<typeof undo>;
export type RuleChange = z.infer<typeof change>;

const form = { version: 1, schema: z.object({ version: z.literal(1), undos: z.array(undo) }) };
const file = 'buckets/undos.json';
const keptAtMost = 20;

/** One queue for all stacks: two changes at once must not lose each other's record. */
const inOrder = createSerialQueue();

/** What was changed and can be put back, newest first. Throws `fileDamaged`, `fileNewer`. */
export async function readUndos(folder: StackFolder): Promise<Undo[]> {
  const text = await folder.read(file);
  if (text === undefined) return [];
  try {
    return readDocument(JSON.parse(text), form).undos;
  } catch (cause) {
    if (cause instanceof DocumentRefused && cause.newer !== undefined)
      throw new AppError('fileNewer', { path: folder.path(file), version: cause.newer }, { cause });
    throw new AppError('fileDamaged', { path: folder.path(file), reason: 'it is no list of former rules' }, { cause });
  }
}

/** Keeps a record, or replaces the one of its id; without changes it goes. On disk when it returns. */
export async function keepUndo(folder: StackFolder, record: Undo): Promise<void> {
  await inOrder(async () => {
    const others = (await readUndos(folder)).filter(({ id }) => id !== record.id);
    const undos = [...(record.changes.length > 0 ? [record] : []), ...others].toSorted((a, b) => (a.id < b.id ? 1 : -1));
    await folder.write(file, `${JSON.stringify({ version: 1, undos: undos.slice(0, keptAtMost) }, null, 2)}\n`, 0o600);
  });
}
