import type { proofEn } from './proof.messages.en.ts';
import type { SameCodes } from './text.ts';

export const proofZh: SameCodes<typeof proofEn> = {
  errors: {},
  texts: {},
};
