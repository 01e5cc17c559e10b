export const minioVariablesEn = { todo: 'todo' } as const;
