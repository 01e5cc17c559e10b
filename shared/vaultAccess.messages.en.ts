import type { DomainMessages } from './text.ts';

export const vaultAccessEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
