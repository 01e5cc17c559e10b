import type { DomainMessages } from './text.ts';

export const vaultClusterEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
