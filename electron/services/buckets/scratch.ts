import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { StackFolder } from '../../jobs/step.ts';

const file = 'buckets/scratch.json';
const schema = z.array(z.string().regex(/^sealdeck-what-wins-[0-9a-f]{10}$/));

/** Buckets made for tries whose removal a kill may have prevented. Noted before they are made. */
export async function scratchLeft(folder: StackFolder): Promise<string[]> {
  const text = await folder.read(file);
  if (text === undefined) return [];
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('fileDamaged', { path: folder.path(file), reason: 'it names no scratch buckets' }, { cause });
  }
}

export async function noteScratch(folder: StackFolder, bucket: string): Promise<void> {
  await folder.write(file, JSON.stringify([...(await scratchLeft(folder)), bucket]), 0o600);
}

export async function forgetScratch(folder: StackFolder, bucket: string): Promise<void> {
  const left = (await scratchLeft(folder)).filter((name) => name !== bucket);
  if (left.length > 0) await folder.write(file, JSON.stringify(left), 0o600);
  else await folder.remove(file);
}
