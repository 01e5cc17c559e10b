import { redact } from '../../shared/redact.ts';
import type { Evidence } from '../../shared/setup.ts';
import type { Text } from '../../shared/text.ts';

const longestAnswer = 1500;

/** One piece of evidence, now. `from` says who answered: "vault", "kes", "minio", "disk", … The answer is redacted and cut, because it is stored and exported. */
export function seen(from: string, text: Text, answer?: unknown, outcome: Evidence['outcome'] = 'ok'): Evidence {
  const raw = answer === undefined || typeof answer === 'string' ? answer : JSON.stringify(answer);
  return {
    text,
    at: new Date().toISOString(),
    from,
    outcome,
    ...(raw === undefined ? {} : { answer: redact(raw).slice(0, longestAnswer) }),
  };
}
