import type { inPlaceEn } from './inPlace.messages.en.ts';
import type { SameCodes } from './text.ts';

export const inPlaceZh: SameCodes<typeof inPlaceEn> = {
  errors: {},
  texts: {},
};
