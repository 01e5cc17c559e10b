import type { vaultEn } from '../en/vault.ts';
import type { SameWords } from '../words.ts';

export const vaultZh: SameWords<typeof vaultEn> = {
  title: 'Vault',
};
