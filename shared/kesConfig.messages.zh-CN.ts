import type { kesConfigEn } from './kesConfig.messages.en.ts';
import type { SameCodes } from './text.ts';

export const kesConfigZh: SameCodes<typeof kesConfigEn> = {
  errors: {},
  texts: {},
};
