import type { bucketsEn } from '../en/buckets.ts';
import type { SameWords } from '../words.ts';

export const bucketsZh: SameWords<typeof bucketsEn> = {
  question: '新对象默认如何加密？',
};
