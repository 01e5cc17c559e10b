import type { keyStoresEn } from './keyStores.messages.en.ts';
import type { SameCodes } from './text.ts';

export const keyStoresZh: SameCodes<typeof keyStoresEn> = {
  errors: {},
  texts: {},
};
