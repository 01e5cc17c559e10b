import type { DomainMessages } from './text.ts';

export const vaultEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
