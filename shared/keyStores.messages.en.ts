import type { DomainMessages } from './text.ts';

export const keyStoresEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
