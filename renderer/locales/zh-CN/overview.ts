import type { overviewEn } from '../en/overview.ts';
import type { SameWords } from '../words.ts';

export const overviewZh: SameWords<typeof overviewEn> = { proveAgain: '重新验证' };
