import type { DomainMessages } from './text.ts';

export const labEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
