import type { SameCodes } from './text.ts';
import type { uploadsEn } from './uploads.messages.en.ts';

export const uploadsZh: SameCodes<typeof uploadsEn> = {
  errors: {},
  texts: {},
};
