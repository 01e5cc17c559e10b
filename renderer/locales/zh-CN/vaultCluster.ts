import type { vaultClusterEn } from '../en/vaultCluster.ts';
import type { SameWords } from '../words.ts';

export const vaultClusterZh: SameWords<typeof vaultClusterEn> = { todo: 'todo' };
