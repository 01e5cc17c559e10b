import type { PreflightTick } from '../../../shared/connect.ts';
import { redact } from '../../../shared/redact.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import type { Text } from '../../../shared/text.ts';

/** A tick that could not be made, and why not. */
export function unknown(id: string, what: Text, answer: string): PreflightTick {
  return { id, what, outcome: 'unknown', answer };
}

/** Why something could not be asked, in the server's words where it had any. Throws what is a defect. */
export function whyOf(error: unknown): string {
  if (!isAppError(error)) throw error;
  return answerOf(error);
}

/** Status, code and words of a refusal, short and without secrets. */
export function answerOf({ code, details }: { code: string; details?: Readonly<Record<string, string | number>> | undefined }): string {
  const { status, code: said, reason, text, message } = details ?? {};
  const words = [status, said, text ?? message ?? reason].filter((part) => part !== undefined && part !== '').join(' ');
  return redact(words === '' ? code : words).slice(0, 400);
}
