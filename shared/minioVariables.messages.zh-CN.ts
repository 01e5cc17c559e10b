import type { minioVariablesEn } from './minioVariables.messages.en.ts';
import type { SameCodes } from './text.ts';

export const minioVariablesZh: SameCodes<typeof minioVariablesEn> = {
  errors: {},
  texts: {},
};
