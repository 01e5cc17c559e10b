import type { inPlaceEn } from '../en/inPlace.ts';
import type { SameWords } from '../words.ts';

export const inPlaceZh: SameWords<typeof inPlaceEn> = {
  question: '要就地加密哪些对象？',
};
