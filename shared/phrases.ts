import { type DomainMessages, type ErrorText, fill, type Text } from './text.ts';

/** The sentence of a text from one language's messages. A code that they do not know (an older report) is shown as it is. */
export function phrase(messages: DomainMessages, text: Text): string {
  const template = messages.texts[text.code];
  return template === undefined ? text.code : fill(template, translated(messages, text.params));
}

/** Title, explanation and next step of an error code, with its details filled in. An unknown one reads as `internal`. */
export function phraseError(messages: DomainMessages, code: string, details: Readonly<Record<string, string | number>> = {}): ErrorText {
  const known = Object.hasOwn(messages.errors, code) ? messages.errors[code] : messages.errors.internal;
  const { title, explanation, next } = known ?? { title: code, explanation: '', next: '' };
  const values = translated(messages, details);
  return { title: fill(title, values), explanation: fill(explanation, values), next: fill(next, values) };
}

/** A parameter that begins with `@` names another text: `@setup.step.vault` reads "Vault" in the reader's language. */
function translated(messages: DomainMessages, values: Readonly<Record<string, string | number>> = {}): Record<string, string | number> {
  const out: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(values)) {
    const code = typeof value === 'string' && value.startsWith('@') ? value.slice(1) : '';
    out[key] = (Object.hasOwn(messages.texts, code) ? messages.texts[code] : undefined) ?? value;
  }
  return out;
}
