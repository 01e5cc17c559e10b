import type { ErrorCode, ErrorValues } from '../messages.ts';
import type { Params } from './frames.ts';

/** What the error's sentences want filled in must be given, or it does not compile; more may be. */
type Given<C extends ErrorCode> = keyof ErrorValues<C> extends never
  ? [details?: Params, options?: ErrorOptions]
  : [details: ErrorValues<C> & Params, options?: ErrorOptions];

/** A failure that is part of normal use: a code that every host can print with a next step, and plain details. */
export class AppError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'AppError';
  readonly code: C;
  readonly details: Params;

  constructor(code: C, ...[details = {}, options]: Given<C>) {
    super(code, options);
    this.code = code;
    this.details = details;
  }

  /** As it travels and is kept: what `of` takes. */
  get frame(): { code: C; details: Params } {
    return { code: this.code, details: this.details };
  }

  /** An error as it came over a pipe or lies in a record. A code of another version is kept: it prints as `internal`. */
  static of({ code, details = {} }: { code: string; details?: Params | undefined }): AppError {
    return new AppError(code as ErrorCode, details as ErrorValues<ErrorCode> & Params);
  }
}

/** With a code: whether it is that one. */
export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
