import { describe, expect, it } from 'vitest';
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
