export const vaultAccessEn = { todo: 'todo' } as const;
