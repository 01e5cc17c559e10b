import { appEn } from './app.messages.en.ts';
import { appZh } from './app.messages.zh-CN.ts';
import { certificatesEn } from './certificates.messages.en.ts';
import { certificatesZh } from './certificates.messages.zh-CN.ts';
import { connectEn } from './connect.messages.en.ts';
import { connectZh } from './connect.messages.zh-CN.ts';
import { journalEn } from './journal.messages.en.ts';
import { journalZh } from './journal.messages.zh-CN.ts';
import { kesEn } from './kes.messages.en.ts';
import { kesZh } from './kes.messages.zh-CN.ts';
import { labEn } from './lab.messages.en.ts';
import { labZh } from './lab.messages.zh-CN.ts';
import { minioEn } from './minio.messages.en.ts';
import { minioZh } from './minio.messages.zh-CN.ts';
import { objectsEn } from './objects.messages.en.ts';
import { objectsZh } from './objects.messages.zh-CN.ts';
import { proofEn } from './proof.messages.en.ts';
import { proofZh } from './proof.messages.zh-CN.ts';
import { setupEn } from './setup.messages.en.ts';
import { setupZh } from './setup.messages.zh-CN.ts';
import { stacksEn } from './stacks.messages.en.ts';
import { stacksZh } from './stacks.messages.zh-CN.ts';
import { type ErrorText, fill, type Language, type Text } from './text.ts';
import { vaultEn } from './vault.messages.en.ts';
import { vaultZh } from './vault.messages.zh-CN.ts';

const errorsEn = {
  ...appEn.errors,
  ...stacksEn.errors,
  ...setupEn.errors,
  ...connectEn.errors,
  ...labEn.errors,
  ...certificatesEn.errors,
  ...vaultEn.errors,
  ...kesEn.errors,
  ...minioEn.errors,
  ...objectsEn.errors,
  ...proofEn.errors,
  ...journalEn.errors,
};
const textsEn = {
  ...appEn.texts,
  ...stacksEn.texts,
  ...setupEn.texts,
  ...connectEn.texts,
  ...labEn.texts,
  ...certificatesEn.texts,
  ...vaultEn.texts,
  ...kesEn.texts,
  ...minioEn.texts,
  ...objectsEn.texts,
  ...proofEn.texts,
  ...journalEn.texts,
};

export type ErrorCode = keyof typeof errorsEn;
export type TextCode = keyof typeof textsEn;

/** The `{places}` of a template, as `fill` sees them. */
type Places<T> = T extends `${string}{${infer P}}${infer Rest}` ? (P extends `${string}"${string}` ? never : P) | Places<Rest> : never;
type Values<P extends string> = { readonly [K in P]: string | number };
/** What an error's sentences want filled in. */
export type ErrorValues<C extends ErrorCode> = Values<Places<(typeof errorsEn)[C][keyof ErrorText]>>;
/** What a text wants filled in. */
export type TextValues<C extends TextCode> = Values<Places<(typeof textsEn)[C]>>;

export const errorTexts: Record<Language, Record<ErrorCode, ErrorText>> = {
  en: errorsEn,
  'zh-CN': {
    ...appZh.errors,
    ...stacksZh.errors,
    ...setupZh.errors,
    ...connectZh.errors,
    ...labZh.errors,
    ...certificatesZh.errors,
    ...vaultZh.errors,
    ...kesZh.errors,
    ...minioZh.errors,
    ...objectsZh.errors,
    ...proofZh.errors,
    ...journalZh.errors,
  },
};

export const texts: Record<Language, Record<TextCode, string>> = {
  en: textsEn,
  'zh-CN': {
    ...appZh.texts,
    ...stacksZh.texts,
    ...setupZh.texts,
    ...connectZh.texts,
    ...labZh.texts,
    ...certificatesZh.texts,
    ...vaultZh.texts,
    ...kesZh.texts,
    ...minioZh.texts,
    ...objectsZh.texts,
    ...proofZh.texts,
    ...journalZh.texts,
  },
};

/** The sentence of a text in a language. A code that this version does not know (an older report) is shown as it is. */
export function sentence(language: Language, text: Text): string {
  const template: string | undefined = texts[language][text.code];
  return template === undefined ? text.code : fill(template, translated(language, text.params));
}

/** A parameter that begins with `@` names another text: `@setup.step.vault` reads "Vault" in the reader's language. */
function translated(language: Language, values: Readonly<Record<string, string | number>> = {}): Record<string, string | number> {
  const out: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(values)) {
    const code = typeof value === 'string' && value.startsWith('@') ? value.slice(1) : '';
    out[key] = Object.hasOwn(texts.en, code) ? texts[language][code as TextCode] : value;
  }
  return out;
}

/** Title, explanation and next step of an error code, with its details filled in. */
export function explain(language: Language, code: string, details: Readonly<Record<string, string | number>> = {}): ErrorText {
  const known = Object.hasOwn(errorTexts.en, code) ? (code as ErrorCode) : 'internal';
  const { title, explanation, next } = errorTexts[language][known];
  const values = translated(language, details);
  return { title: fill(title, values), explanation: fill(explanation, values), next: fill(next, values) };
}
