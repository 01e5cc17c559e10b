import type { kesEn } from './kes.messages.en.ts';
import type { SameCodes } from './text.ts';

export const kesZh: SameCodes<typeof kesEn> = {
  errors: {},
  texts: {},
};
