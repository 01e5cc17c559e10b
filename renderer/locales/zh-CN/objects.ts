import type { objectsEn } from '../en/objects.ts';
import type { SameWords } from '../words.ts';

export const objectsZh: SameWords<typeof objectsEn> = {
  title: 'Objects',
};
