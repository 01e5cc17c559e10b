import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../../../shared/rpc/errors.ts';

/** Throws `cancelled` when the signal comes first. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    throw signal.aborted ? new AppError('cancelled', {}, { cause: error }) : error;
  });
}
