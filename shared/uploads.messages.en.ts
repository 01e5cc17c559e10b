import type { DomainMessages } from './text.ts';

export const uploadsEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
