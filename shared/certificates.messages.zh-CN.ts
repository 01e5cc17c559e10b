import type { certificatesEn } from './certificates.messages.en.ts';
import type { SameCodes } from './text.ts';

export const certificatesZh: SameCodes<typeof certificatesEn> = {
  errors: {},
  texts: {},
};
