import { z } from 'zod';
import { movePhase, moveSource } from '../../../../shared/kesMove.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { evidence } from '../../../../shared/setup.ts';
import type { StackFolder } from '../../../jobs/step.ts';

export const moveFile = 'kes-move/move.json';

const oldProcess = z.object({ pid: z.int(), startTime: z.string(), exe: z.string().optional() });

/** A data key that the old server sealed, and what it must open to: its digest, never itself. */
const sealedTest = z.object({ key: z.string(), ciphertext: z.string(), context: z.string(), digest: z.string() });
export type SealedTest = z.infer<typeof sealedTest>;

/** An object as it was read through the old server. */
const readObject = z.object({
  key: z.string(),
  bucket: z.string(),
  name: z.string(),
  versionId: z.string().optional(),
  size: z.number(),
  sha256: z.string(),
});
export type ReadObject = z.infer<typeof readObject>;

const moveState = z.object({
  version: z.literal(1),
  phase: movePhase.exclude(['none']),
  source: moveSource,
  /** Of an old server that we started; absent: its keeper did, or it was ended. */
  old: oldProcess.optional(),
  /** Digest of the old file that this is about: another one means another plan. */
  digest: z.string().optional(),
  tests: z.array(sealedTest).default([]),
  objects: z.array(readObject).default([]),
  abandoned: z.array(z.string()).default([]),
  crossedAt: z.string().optional(),
  backAt: z.string().optional(),
  evidence: z.array(evidence).default([]),
});
export type MoveState = z.infer<typeof moveState>;

/** Undefined: nothing was begun. Throws `fileDamaged`: a move whose record cannot be read must not begin anew. */
export async function readMove(folder: StackFolder): Promise<MoveState | undefined> {
  const text = await folder.read(moveFile);
  if (text === undefined) return undefined;
  try {
    return moveState.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError('fileDamaged', { path: folder.path(moveFile), reason: 'it is not the record of a move' }, { cause: error });
  }
}

/** On disk before what it says is done. */
export async function writeMove(folder: StackFolder, state: MoveState): Promise<MoveState> {
  await folder.makeFolder('kes-move', 0o700);
  await folder.write(moveFile, `${JSON.stringify(state, null, 2)}\n`, 0o600);
  return state;
}

/** The move that was begun. Throws `kesMoveNone`. */
export async function requireMove(folder: StackFolder): Promise<MoveState> {
  const state = await readMove(folder);
  if (state === undefined) throw new AppError('kesMoveNone');
  return state;
}
