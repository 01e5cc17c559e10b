import type { DomainMessages } from './text.ts';

export const inPlaceEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
