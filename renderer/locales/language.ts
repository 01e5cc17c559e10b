import { useMemo, useSyncExternalStore } from 'react';
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
type Loading = Partial<Record<Language, Promise<void>>>;
/** The loading of each language's sentences of all domains, and of its words for all pages, begun when they are first wanted. */
const sentences: Loading = {};
const pages: Loading = {};
/** The languages whose sentences are all there. */
const complete = new Set<Language>();

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
  if (messages[language] && words[language]) return;
  if (language === 'en') {
    messages.en ??= (await import('../../shared/firstMessages.en.ts')).firstMessagesEn;
    return;
  }
  const [{ firstZh }, { firstMessagesZh }] = await Promise.all([import('./first.zh-CN.ts'), import('../../shared/firstMessages.zh-CN.ts')]);
  words[language] ??= firstZh;
  messages[language] ??= firstMessagesZh;
}

/** The same promise each time, so that React may wait for it. The engine serves the files: what failed is tried anew once it is there again. */
function once(loading: Loading, language: Language, load: (language: Language) => Promise<void>): Promise<void> {
  loading[language] ??= load(language).catch((error: unknown) => {
    delete loading[language];
    throw error;
  });
  return loading[language];
}

async function loadSentences(language: Language): Promise<void> {
  messages[language] =
    language === 'en'
      ? (await import('../../shared/messages.en.ts')).messagesEn
      : (await import('../../shared/messages.zh-CN.ts')).messagesZh;
  complete.add(language);
  if (spoken.language === language) tell(language);
}

async function loadPages(language: Language): Promise<void> {
  const [loaded] = await Promise.all([
    language === 'en' ? import('./en.ts').then(({ en }) => en) : import('./zh-CN.ts').then(({ zhCN }) => zhCN),
    once(sentences, language, loadSentences),
  ]);
  words[language] = loaded;
  // What stands on the first screen and uses a page's word is drawn again now that it is there.
  if (spoken.language === language) tell(language);
}

/** The words of every page but Overview, in the language that is shown. */
export function pageWords(language: Language): Promise<void> {
  return once(pages, language, loadPages);
}

/**
 * A job or an entry of the journal may speak of any domain: what the first screen does without is fetched then, and everybody draws
 * again as soon as it is there. Whether a text can be shown now: with all sentences loaded always, an older report's code as it is.
 */
function ready(language: Language, code: string, values: Text['params'] = {}): boolean {
  const { texts, errors } = messagesOf(language);
  const named = Object.values(values).flatMap((value) => (typeof value === 'string' && value.startsWith('@') ? [value.slice(1)] : []));
  if (complete.has(language) || [code, ...named].every((one) => Object.hasOwn(texts, one) || Object.hasOwn(errors, one))) return true;
  // Asked for again by what is drawn next.
  once(sentences, language, loadSentences).catch(() => undefined);
  return false;
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

interface Told {
  sentence(text: Text): string;
  explain(error: { readonly code: string; readonly details?: Readonly<Record<string, string | number>> | undefined }): ErrorText;
}

/** What stands where a sentence is still on its way: never its bare code. */
const coming = '…';

/** Sentences and errors that travel as codes (shared/<domain>.messages), as far as this language's are there. */
export function toldIn(language: Language): Told {
  const told = messagesOf(language);
  return {
    sentence: (text) => (ready(language, text.code, text.params) ? phrase(told, text) : coming),
    explain: ({ code, details }) =>
      ready(language, code, details) ? phraseError(told, code, details) : { title: coming, explanation: '', next: '' },
  };
}

/** Sentences and errors that travel as codes, in the reader's language. */
export function useSentence(): Told {
  // Another one each time that words arrived.
  const shown = useWords();
  return useMemo(() => toldIn(shown.language), [shown]);
}
