import type { journalEn } from './journal.messages.en.ts';
import type { SameCodes } from './text.ts';

export const journalZh: SameCodes<typeof journalEn> = {
  errors: {},
  texts: {},
};
