import type { DomainMessages } from './text.ts';

export const stacksEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
