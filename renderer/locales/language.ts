import i18next from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import { phrase, phraseError } from '../../shared/phrases.ts';
import type { DomainMessages, ErrorText, Language, Text } from '../../shared/text.ts';
import type { en } from './en.ts';
import { firstEn } from './first.ts';

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
/** The loading of each language's words for all pages, begun when the first of them is opened. */
const pages: Partial<Record<Language, Promise<void>>> = {};

async function loadFirst(language: Language): Promise<void> {
  if (messages[language]) return;
  if (language === 'en') {
    messages.en = (await import('../../shared/messages.en.ts')).messagesEn;
    return;
  }
  const [{ firstZh }, { messagesZh }] = await Promise.all([import('./first.zh-CN.ts'), import('../../shared/messages.zh-CN.ts')]);
  i18next.addResourceBundle(language, 'translation', firstZh, true);
  messages[language] = messagesZh;
}

async function loadPages(language: Language): Promise<void> {
  const words = language === 'en' ? (await import('./en.ts')).en : (await import('./zh-CN.ts')).zhCN;
  i18next.addResourceBundle(language, 'translation', words, true, true);
}

/** The words of every page but Overview, in the language that is shown. The same promise each time, so that React may wait for it. */
export function pageWords(language: Language): Promise<void> {
  pages[language] ??= loadPages(language);
  return pages[language];
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
    // English is the fallback and always there.
    resources: { en: { translation: firstEn } },
    interpolation: { prefix: '{', suffix: '}', escapeValue: false },
    // What stands on the first screen and uses a page's word is drawn again when that is there.
    react: { bindI18nStore: 'added' },
  });
  await changeLanguage(language);
}

export async function changeLanguage(language: Language): Promise<void> {
  const others = Object.keys(pages).length > 0 ? pageWords(language) : undefined;
  await Promise.all([loadFirst(language), others]);
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
