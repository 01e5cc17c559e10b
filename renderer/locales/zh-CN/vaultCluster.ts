import type { vaultClusterEn } from '../en/vaultCluster.ts';
import type { SameWords } from '../words.ts';

export const vaultClusterZh: SameWords<typeof vaultClusterEn> = { tab: { open: '解封状态', nodes: '节点与密钥', access: '访问权限' } };
