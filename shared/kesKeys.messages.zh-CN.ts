import type { kesKeysEn } from './kesKeys.messages.en.ts';
import type { SameCodes } from './text.ts';

export const kesKeysZh: SameCodes<typeof kesKeysEn> = {
  errors: {},
  texts: {},
};
