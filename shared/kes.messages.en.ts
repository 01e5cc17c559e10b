import type { DomainMessages } from './text.ts';

export const kesEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
