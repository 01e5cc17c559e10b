export const kesConfigEn = { todo: 'todo' } as const;
