import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { messages } from '../../shared/messages.ts';
import { chosenLanguage } from './language.ts';

describe('the language of the window', () => {
  it.each([
    ['zh-CN', ['en'], 'zh-CN'],
    ['system', ['zh-CN', 'en'], 'zh-CN'],
    ['system', ['zh-TW'], 'zh-CN'],
    ['system', ['de', 'zh-CN'], 'zh-CN'],
    ['system', ['de', 'en-US', 'zh-CN'], 'en'],
    ['system', ['fr'], 'en'],
    ['system', [], 'en'],
  ] as const)('%s with %j is %s', (setting, preferred, language) => expect(chosenLanguage(setting, preferred)).toBe(language));
});

describe.each(['en', 'zh-CN'] as const)('what travels as a code, on the first screen in %s', (language) => {
  const { errors, texts } = messages[language];
  /** Of a domain that Overview does without. */
  const later = { code: 'kesConfigJob' } as const;
  beforeEach(() => {
    vi.resetModules();
    vi.stubGlobal('document', { documentElement: { lang: '' } });
  });
  afterEach(() => vi.unstubAllGlobals());

  it('reads at once where Overview has the words, and nothing more is loaded for it', async () => {
    const { changeLanguage, toldIn } = await import('./language.ts');
    await changeLanguage(language);
    expect(toldIn(language).sentence({ code: 'storeUnlocked' })).toBe(texts.storeUnlocked);
    expect(toldIn(language).explain({ code: 'storeLocked' }).title).toBe(errors.storeLocked.title);
    await vi.dynamicImportSettled();
    expect(toldIn(language).sentence(later)).not.toBe(texts.kesConfigJob);
  });

  it('is never a bare code or a defect while its words are on their way, and comes by itself', async () => {
    const { changeLanguage, pageWords, toldIn } = await import('./language.ts');
    await changeLanguage(language);
    const error = { code: 'kesConfigUnreadable', details: { path: '/k', reason: 'gone' } };
    expect(toldIn(language).sentence(later)).toBe('…');
    expect(toldIn(language).explain(error)).toEqual({ title: '…', explanation: '', next: '' });
    await vi.dynamicImportSettled();
    await pageWords(language);
    expect(toldIn(language).sentence(later)).toBe(texts.kesConfigJob);
    expect(toldIn(language).explain(error).title).toContain('/k');
  });

  it('waits as well where only a name inside it is of another domain', async () => {
    const { changeLanguage, pageWords, toldIn } = await import('./language.ts');
    await changeLanguage(language);
    const named = { code: 'storeUnlocked', params: { what: '@kesConfigJob' } } as const;
    expect(toldIn(language).sentence(named)).toBe('…');
    await vi.dynamicImportSettled();
    await pageWords(language);
    expect(toldIn(language).sentence(named)).toBe(texts.storeUnlocked);
  });

  it('of an older Sealdeck is shown as it is once all words are there, not awaited for ever', async () => {
    const { changeLanguage, pageWords, toldIn } = await import('./language.ts');
    await changeLanguage(language);
    await pageWords(language);
    expect(toldIn(language).sentence({ code: 'gone.text' as never })).toBe('gone.text');
    expect(toldIn(language).explain({ code: 'goneError' }).title).toBe(errors.internal.title);
  });
});
