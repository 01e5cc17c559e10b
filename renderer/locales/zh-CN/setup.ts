import type { setupEn } from '../en/setup.ts';
import type { SameWords } from '../words.ts';

export const setupZh: SameWords<typeof setupEn> = {
  title: 'Setup',
};
