import type { keyStoresEn } from '../en/keyStores.ts';
import type { SameWords } from '../words.ts';

export const keyStoresZh: SameWords<typeof keyStoresEn> = { todo: 'todo' };
