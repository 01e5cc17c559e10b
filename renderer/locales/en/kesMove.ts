export const kesMoveEn = { todo: 'todo' } as const;
