import type { DomainMessages } from './text.ts';

export const minioEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
