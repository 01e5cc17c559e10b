import type { DomainMessages } from './text.ts';

export const certificateFilesEn = {
  errors: {},
  texts: {},
} as const satisfies DomainMessages;
