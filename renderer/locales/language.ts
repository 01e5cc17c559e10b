import i18next from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import { phrase, phraseError } from '../../shared/phrases.ts';
import type { DomainMessages, ErrorText, Language, Text } from '../../shared/text.ts';
import { en } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

/** The language that the settings ask for; `system` follows the machine that shows the window. */
export function chosenLanguage(setting: 'system' | Language, preferred: readonly string[]): Language {
  if (setting !== 'system') return setting;
  const first = preferred.find((tag) => /^(zh|en)\b/i.test(tag));
  return first !== undefined && /^zh\b/i.test(first) ? 'zh-CN' : 'en';
}

/** What travels as codes, by language: only what is shown is loaded, so that the first screen stays small. */
const messages: Partial<Record<Language, DomainMessages>> = {};

/** English screen words are the fallback and always there. */
async function load(language: Language): Promise<void> {
  if (messages[language]) return;
  if (language === 'en') {
    messages.en = (await import('../../shared/messages.en.ts')).messagesEn;
    return;
  }
  const [{ zhCN }, { messagesZh }] = await Promise.all([import('./zh-CN.ts'), import('../../shared/messages.zh-CN.ts')]);
  i18next.addResourceBundle(language, 'translation', zhCN);
  messages[language] = messagesZh;
}

/** A language is shown only after it was loaded. */
function messagesOf(language: Language): DomainMessages {
  return messages[language] ?? { errors: {}, texts: {} };
}

/** Starts with the language; words have the same `{place}` form as in shared/*.messages. */
export async function startLanguage(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { prefix: '{', suffix: '}', escapeValue: false },
  });
  await changeLanguage(language);
}

export async function changeLanguage(language: Language): Promise<void> {
  await load(language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

/** Screen words: `const { t } = useWords()`, `t('overview.title', { name })`. */
export const useWords = useTranslation;

export function useLanguage(): Language {
  return useTranslation().i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
}

/** Sentences and errors that travel as codes (shared/<domain>.messages), in the reader's language. */
export function useSentence(): {
  sentence(text: Text): string;
  explain(error: { readonly code: string; readonly details?: Readonly<Record<string, string | number>> | undefined }): ErrorText;
} {
  const language = useLanguage();
  return {
    sentence: useCallback((text: Text) => phrase(messagesOf(language), text), [language]),
    explain: useCallback((error) => phraseError(messagesOf(language), error.code, error.details ?? {}), [language]),
  };
}
