export const certificateBoardEn = { todo: 'todo' } as const;
