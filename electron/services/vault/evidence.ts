import { redact } from '../../../shared/redact.ts';
import type { Evidence } from '../../../shared/setup.ts';
import type { Text } from '../../../shared/text.ts';

/** One piece of evidence, now. `answer` is redacted and cut, because it is stored and exported. */
export function seen(from: 'vault' | 'disk' | 'store', text: Text, answer?: unknown, outcome: Evidence['outcome'] = 'ok'): Evidence {
  const raw = answer === undefined ? undefined : typeof answer === 'string' ? answer : JSON.stringify(answer);
  return { text, at: new Date().toISOString(), from, outcome, ...(raw === undefined ? {} : { answer: redact(raw).slice(0, 1500) }) };
}
