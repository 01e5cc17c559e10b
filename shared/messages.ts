import { messagesEn } from './messages.en.ts';
import { messagesZh } from './messages.zh-CN.ts';
import { phrase, phraseError } from './phrases.ts';
import type { ErrorText, Language, Text } from './text.ts';

export type ErrorCode = keyof typeof messagesEn.errors;
export type TextCode = keyof typeof messagesEn.texts;

/** The `{places}` of a template, as `fill` sees them. */
type Places<T> = T extends `${string}{${infer P}}${infer Rest}`
  ? (P extends `${string}"${string}` ? never : P extends `${infer Name}:${string}` ? Name : P) | Places<Rest>
  : never;
type Values<P extends string> = { readonly [K in P]: string | number };
/** What an error's sentences want filled in. */
export type ErrorValues<C extends ErrorCode> = Values<Places<(typeof messagesEn.errors)[C][keyof ErrorText]>>;
/** What a text wants filled in. */
export type TextValues<C extends TextCode> = Values<Places<(typeof messagesEn.texts)[C]>>;

/** Both languages, for hosts that print either. A window loads only its own (renderer/locales/language.ts). */
export const messages = { en: messagesEn, 'zh-CN': messagesZh } as const;

/** The sentence of a text in a language. */
export function sentence(language: Language, text: Text): string {
  return phrase(messages[language], text);
}

/** Title, explanation and next step of an error code, with its details filled in. */
export function explain(language: Language, code: string, details: Readonly<Record<string, string | number>> = {}): ErrorText {
  return phraseError(messages[language], code, details);
}
