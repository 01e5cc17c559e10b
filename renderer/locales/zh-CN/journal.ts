import type { journalEn } from '../en/journal.ts';
import type { SameWords } from '../words.ts';

export const journalZh: SameWords<typeof journalEn> = { proveAgain: '重新验证' };
