import type { DomainMessages } from './text.ts';

export const certificatesEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
