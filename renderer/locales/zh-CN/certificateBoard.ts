import type { certificateBoardEn } from '../en/certificateBoard.ts';
import type { SameWords } from '../words.ts';

export const certificateBoardZh: SameWords<typeof certificateBoardEn> = { todo: 'todo' };
