import type { settingsEn } from '../en/settings.ts';
import type { SameWords } from '../words.ts';

export const settingsZh: SameWords<typeof settingsEn> = { proveAgain: '重新验证' };
