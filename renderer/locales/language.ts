import { useCallback, useSyncExternalStore } from 'react';
import { phrase, phraseError } from '../../shared/phrases.ts';
import { type DomainMessages, type ErrorText, fill, type Language, type Text } from '../../shared/text.ts';
import type { en } from './en.ts';
import { firstEn } from './first.ts';
import { type WordKey, type WordTree, wordAt } from './words.ts';

type Values = Readonly<Record<string, string | number | undefined>>;
/** The key of any screen word. */
export type ScreenWord = WordKey<typeof en>;
interface Spoken {
  readonly language: Language;
  /** A screen word, its `{places}` filled in; `count` chooses the plural form. */
  t(key: ScreenWord, values?: Values): string;
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

/** English words are the fallback and always there; those of the other pages come over them. */
const words: Partial<Record<Language, WordTree>> = { en: firstEn };
const listeners = new Set<() => void>();
let spoken = speak('en');

function speak(language: Language): Spoken {
  return {
    language,
    t(key, values = {}) {
      const count = typeof values.count === 'number' ? values.count : undefined;
      const template = wordAt(words[language], key, language, count) ?? wordAt(words.en, key, 'en', count) ?? key;
      return fill(
        template,
        Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
      );
    },
  };
}

/** Everybody who shows words draws them again. */
function tell(language: Language): void {
  spoken = speak(language);
  for (const listener of [...listeners]) listener();
}

async function loadFirst(language: Language): Promise<void> {
  if (messages[language]) return;
  if (language === 'en') {
    messages.en = (await import('../../shared/messages.en.ts')).messagesEn;
    return;
  }
  const [{ firstZh }, { messagesZh }] = await Promise.all([import('./first.zh-CN.ts'), import('../../shared/messages.zh-CN.ts')]);
  words[language] ??= firstZh;
  messages[language] = messagesZh;
}

async function loadPages(language: Language): Promise<void> {
  words[language] = language === 'en' ? (await import('./en.ts')).en : (await import('./zh-CN.ts')).zhCN;
  // What stands on the first screen and uses a page's word is drawn again now that it is there.
  if (spoken.language === language) tell(language);
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

/** Shows a language once its words are there. */
export async function changeLanguage(language: Language): Promise<void> {
  const others = Object.keys(pages).length > 0 ? pageWords(language) : undefined;
  await Promise.all([loadFirst(language), others]);
  document.documentElement.lang = language;
  tell(language);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Screen words: `const { t } = useWords()`, `t('overview.title', { name })`. Their `{places}` are those of shared/*.messages. */
export function useWords(): Spoken {
  return useSyncExternalStore(subscribe, () => spoken);
}

export function useLanguage(): Language {
  return useWords().language;
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
