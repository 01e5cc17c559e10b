import type { z } from 'zod';
import { isAppError } from '../../shared/rpc/errors.ts';
import type { errorFrame } from '../../shared/rpc/frames.ts';

/** What an answer says, or why it could not be had. Neither: there was nothing to ask for. */
export interface Part<T> {
  value?: T | undefined;
  error?: z.infer<typeof errorFrame> | undefined;
}

/** One of several questions, of which each may be refused without the others; a defect is no answer. */
export async function partOf<T>(asked: Promise<T | undefined>): Promise<Part<T>> {
  try {
    return { value: await asked };
  } catch (error) {
    if (isAppError(error)) return { error: error.frame };
    throw error;
  }
}
