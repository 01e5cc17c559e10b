import type { bucketsEn } from './buckets.messages.en.ts';
import type { SameCodes } from './text.ts';

export const bucketsZh: SameCodes<typeof bucketsEn> = {
  errors: {},
  texts: {},
};
