export const kesKeysEn = { todo: 'todo' } as const;
