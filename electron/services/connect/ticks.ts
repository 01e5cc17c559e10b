import type { PreflightTick } from '../../../shared/connect.ts';
import { explain } from '../../../shared/messages.ts';
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

interface Failure {
  code: string;
  details?: Readonly<Record<string, string | number>> | undefined;
}

/** Status, code and words of a refusal, short and without secrets; our own title where the server said nothing. */
export function answerOf(failure: Failure): string {
  return saidOf(failure) ?? redact(explain('en', failure.code, failure.details).title).slice(0, 400);
}

/** The server's own words in a refusal, if there are any. */
export function saidOf({ details }: Failure): string | undefined {
  const { status, code, reason, text, message } = details ?? {};
  const words = [status, code, text ?? message ?? reason].filter((part) => part !== undefined && part !== '').join(' ');
  return words === '' ? undefined : redact(words).slice(0, 400);
}
