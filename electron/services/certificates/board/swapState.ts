import { z } from 'zod';
import { type SwapState, swapState } from '../../../../shared/certificateBoard.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';

const path = 'certs/swap.json';
const swapFile = swapState.extend({ version: z.literal(1) });

/** An exchange of MinIO's identity that is under way, or was cut off. Throws `fileDamaged`. */
export async function readSwap({ folder }: Pick<StackAccess, 'folder'>): Promise<SwapState | undefined> {
  const content = await folder.read(path);
  if (content === undefined) return undefined;
  try {
    const { version: _, ...state } = swapFile.parse(JSON.parse(content));
    return state;
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is not JSON' : reasonOf(error);
    throw new AppError('fileDamaged', { path: folder.path(path), reason }, { cause: error });
  }
}

export async function writeSwap({ folder }: Pick<StackAccess, 'folder'>, state: SwapState): Promise<void> {
  await folder.write(path, `${JSON.stringify({ version: 1, ...state }, null, 2)}\n`, 0o600);
}

export async function forgetSwap({ folder }: Pick<StackAccess, 'folder'>): Promise<void> {
  await folder.remove(path);
}
