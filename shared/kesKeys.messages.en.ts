import type { DomainMessages } from './text.ts';

export const kesKeysEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
