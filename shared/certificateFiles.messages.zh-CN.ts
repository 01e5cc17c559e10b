import type { certificateFilesEn } from './certificateFiles.messages.en.ts';
import type { SameCodes } from './text.ts';

export const certificateFilesZh: SameCodes<typeof certificateFilesEn> = {
  errors: {},
  texts: {},
};
