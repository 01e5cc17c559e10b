import type { minioVariablesEn } from '../en/minioVariables.ts';
import type { SameWords } from '../words.ts';

export const minioVariablesZh: SameWords<typeof minioVariablesEn> = { todo: 'todo' };
