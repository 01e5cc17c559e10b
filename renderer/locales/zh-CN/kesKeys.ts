import type { kesKeysEn } from '../en/kesKeys.ts';
import type { SameWords } from '../words.ts';

export const kesKeysZh: SameWords<typeof kesKeysEn> = { todo: 'todo' };
