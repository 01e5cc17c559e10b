import type { DomainMessages } from './text.ts';

export const objectsEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
