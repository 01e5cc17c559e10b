export const vaultClusterEn = { tab: { open: 'Open', nodes: 'Nodes and keys', access: 'Access' } } as const;
