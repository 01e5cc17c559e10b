import { type AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { pause } from '../../jobs/pause.ts';
import { passes } from './objectFailures.ts';

export interface Patience {
  /** How long one request is tried, from its first failure; may depend on what fails. */
  giveUpMs: number | ((error: AppError) => number);
  firstMs: number;
  mostMs: number;
}
export const patience: Patience = { giveUpMs: 900_000, firstMs: 250, mostMs: 15_000 };

/** Tries again what a busy, restarting or unreachable server refused, later each time; never what it refused for good. */
export type Retries = <T>(work: (attempt: number) => Promise<T>, signal: AbortSignal) => Promise<T>;

/** `waiting`: what is waited for, or undefined once nothing is. Of many requests at once it is told once. */
export function createRetries(waiting: (why: AppError | undefined) => void, given: Patience = patience): Retries {
  const { giveUpMs, firstMs, mostMs } = given;
  let troubled = 0;
  let told: boolean | undefined;
  const enter = (error: AppError): void => {
    troubled += 1;
    const kms = error.code === 'kmsUnavailable';
    if (told === kms) return;
    told = kms;
    waiting(error);
  };
  const leave = (): void => {
    troubled -= 1;
    if (troubled > 0) return;
    told = undefined;
    waiting(undefined);
  };
  return async (work, signal) => {
    let since: number | undefined;
    let inTrouble = false;
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          return await work(attempt);
        } catch (error) {
          if (signal.aborted || !isAppError(error) || !passes(error)) throw error;
          since ??= Date.now();
          if (Date.now() - since >= (typeof giveUpMs === 'number' ? giveUpMs : giveUpMs(error))) throw error;
          // One that failed once is usual under load: nobody needs to hear of it.
          if (attempt > 0 && !inTrouble) {
            inTrouble = true;
            enter(error);
          }
          const wait = Math.min(mostMs, firstMs * 2 ** attempt);
          await pause(wait / 2 + (Math.random() * wait) / 2, signal);
        }
      }
    } finally {
      if (inTrouble) leave();
    }
  };
}
