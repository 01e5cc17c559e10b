import type { DomainMessages } from './text.ts';

export const proofEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
