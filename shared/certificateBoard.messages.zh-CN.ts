import type { certificateBoardEn } from './certificateBoard.messages.en.ts';
import type { SameCodes } from './text.ts';

export const certificateBoardZh: SameCodes<typeof certificateBoardEn> = {
  errors: {},
  texts: {},
};
