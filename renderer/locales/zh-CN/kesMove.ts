import type { kesMoveEn } from '../en/kesMove.ts';
import type { SameWords } from '../words.ts';

export const kesMoveZh: SameWords<typeof kesMoveEn> = { todo: 'todo' };
