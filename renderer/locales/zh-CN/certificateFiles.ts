import type { certificateFilesEn } from '../en/certificateFiles.ts';
import type { SameWords } from '../words.ts';

export const certificateFilesZh: SameWords<typeof certificateFilesEn> = { todo: 'todo' };
