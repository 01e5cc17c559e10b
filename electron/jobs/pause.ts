import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../shared/rpc/errors.ts';

/** Throws `cancelled` when the work ends meanwhile. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch((cause: unknown) => {
    throw new AppError('cancelled', {}, { cause });
  });
}
