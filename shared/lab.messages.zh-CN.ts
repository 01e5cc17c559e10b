import type { labEn } from './lab.messages.en.ts';
import type { SameCodes } from './text.ts';

export const labZh: SameCodes<typeof labEn> = {
  errors: {},
  texts: {},
};
