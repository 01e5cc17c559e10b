import type { stacksEn } from './stacks.messages.en.ts';
import type { SameCodes } from './text.ts';

export const stacksZh: SameCodes<typeof stacksEn> = {
  errors: {},
  texts: {},
};
