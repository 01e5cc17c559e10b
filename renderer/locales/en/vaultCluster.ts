export const vaultClusterEn = { todo: 'todo' } as const;
