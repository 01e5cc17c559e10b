import type { DomainMessages } from './text.ts';

export const certificateBoardEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
