import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { StackFolder } from '../../jobs/step.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import { readDocument } from '../../platform/storedDocument.ts';

/** A bucket's policy before our last change of it, and as it was read back afterwards. Absent: it had none. */
const formerPolicy = z.object({ bucket: z.string(), at: z.string(), before: z.string().optional(), after: z.string().optional() });
export type FormerPolicy = z.infer<typeof formerPolicy>;

const form = { version: 1, schema: z.object({ version: z.literal(1), policies: z.array(formerPolicy) }) };
const file = 'buckets/policies.json';
const keptAtMost = 50;
const inOrder = createSerialQueue();

async function readAll(folder: StackFolder): Promise<FormerPolicy[]> {
  const text = await folder.read(file);
  if (text === undefined) return [];
  try {
    return readDocument(JSON.parse(text), form).policies;
  } catch (cause) {
    throw new AppError('fileDamaged', { path: folder.path(file), reason: 'it is no list of former policies' }, { cause });
  }
}

export async function readFormer(folder: StackFolder, bucket: string): Promise<FormerPolicy | undefined> {
  return (await readAll(folder)).find((one) => one.bucket === bucket);
}

/** One for each bucket; on disk when it returns. */
export async function keepFormer(folder: StackFolder, former: FormerPolicy): Promise<void> {
  await change(folder, former.bucket, [former]);
}

export async function forgetFormer(folder: StackFolder, bucket: string): Promise<void> {
  await change(folder, bucket, []);
}

async function change(folder: StackFolder, bucket: string, now: readonly FormerPolicy[]): Promise<void> {
  await inOrder(async () => {
    const policies = [...now, ...(await readAll(folder)).filter((one) => one.bucket !== bucket)].slice(0, keptAtMost);
    await folder.write(file, `${JSON.stringify({ version: 1, policies }, null, 2)}\n`, 0o600);
  });
}
