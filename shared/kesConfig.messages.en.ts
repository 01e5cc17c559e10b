import type { DomainMessages } from './text.ts';

export const kesConfigEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
