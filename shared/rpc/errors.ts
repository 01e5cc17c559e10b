import type { ErrorCode } from '../messages.ts';
import type { Params } from './frames.ts';

/** A failure that is part of normal use: a code that every host can print with a next step, and plain details. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Params;

  constructor(code: ErrorCode, details: Params = {}, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.details = details;
  }
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
