export const keyStoresEn = { todo: 'todo' } as const;
