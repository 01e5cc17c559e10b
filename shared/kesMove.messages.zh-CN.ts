import type { kesMoveEn } from './kesMove.messages.en.ts';
import type { SameCodes } from './text.ts';

export const kesMoveZh: SameCodes<typeof kesMoveEn> = {
  errors: {},
  texts: {},
};
