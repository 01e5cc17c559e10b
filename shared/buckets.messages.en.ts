import type { DomainMessages } from './text.ts';

export const bucketsEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
