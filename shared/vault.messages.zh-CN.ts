import type { SameCodes } from './text.ts';
import type { vaultEn } from './vault.messages.en.ts';

export const vaultZh: SameCodes<typeof vaultEn> = {
  errors: {},
  texts: {},
};
