import type { DomainMessages } from './text.ts';

export const setupEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
