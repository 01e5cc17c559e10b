import type { DomainMessages } from './text.ts';

export const kesMoveEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
