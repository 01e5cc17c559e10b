import type { SameCodes } from './text.ts';
import type { vaultAccessEn } from './vaultAccess.messages.en.ts';

export const vaultAccessZh: SameCodes<typeof vaultAccessEn> = {
  errors: {},
  texts: {},
};
