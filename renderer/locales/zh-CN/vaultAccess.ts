import type { vaultAccessEn } from '../en/vaultAccess.ts';
import type { SameWords } from '../words.ts';

export const vaultAccessZh: SameWords<typeof vaultAccessEn> = { todo: 'todo' };
