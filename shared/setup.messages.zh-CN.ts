import type { setupEn } from './setup.messages.en.ts';
import type { SameCodes } from './text.ts';

export const setupZh: SameCodes<typeof setupEn> = {
  errors: {},
  texts: {},
};
