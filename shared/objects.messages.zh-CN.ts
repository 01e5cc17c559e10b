import type { objectsEn } from './objects.messages.en.ts';
import type { SameCodes } from './text.ts';

export const objectsZh: SameCodes<typeof objectsEn> = {
  errors: {},
  texts: {},
};
