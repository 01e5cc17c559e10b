import type { kesConfigEn } from '../en/kesConfig.ts';
import type { SameWords } from '../words.ts';

export const kesConfigZh: SameWords<typeof kesConfigEn> = { todo: 'todo' };
