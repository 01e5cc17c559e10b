import type { SameCodes } from './text.ts';
import type { vaultClusterEn } from './vaultCluster.messages.en.ts';

export const vaultClusterZh: SameCodes<typeof vaultClusterEn> = {
  errors: {},
  texts: {},
};
