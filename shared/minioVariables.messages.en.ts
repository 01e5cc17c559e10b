import type { DomainMessages } from './text.ts';

export const minioVariablesEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
