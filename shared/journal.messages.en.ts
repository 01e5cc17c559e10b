import type { DomainMessages } from './text.ts';

export const journalEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
