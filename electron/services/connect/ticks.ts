import type { PreflightTick } from '../../../shared/connect.ts';
import { redact } from '../../../shared/redact.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import type { Text } from '../../../shared/text.ts';

/** What was answered, or why nobody could be asked. */
export type Told = Pick<PreflightTick, 'answer' | 'why' | 'error'>;

/** A tick that could not be made, and why not. */
export function unknown(id: string, what: Text, told: Told): PreflightTick {
  return { id, what, outcome: 'unknown', ...told };
}

/** Why something could not be asked, in the server's words where it had any. Throws what is a defect. */
export function whyOf(error: unknown): Told {
  if (!isAppError(error)) throw error;
  return toldBy(error);
}

interface Failure {
  code: string;
  details?: Readonly<Record<string, string | number>> | undefined;
}

/** Status, code and words of a refusal; our own error where the server said nothing. */
export function toldBy({ code, details }: Failure): Told {
  const answer = saidOf({ code, details });
  return answer === undefined ? { error: { code, ...(details === undefined ? {} : { details }) } } : { answer };
}

/** The server's own words in a refusal, short and without secrets, if there are any. */
export function saidOf({ details }: Failure): string | undefined {
  const { status, code, reason, text, message } = details ?? {};
  const words = [status, code, text ?? message ?? reason].filter((part) => part !== undefined && part !== '').join(' ');
  return words === '' ? undefined : redact(words).slice(0, 400);
}
