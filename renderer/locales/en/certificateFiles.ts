export const certificateFilesEn = { todo: 'todo' } as const;
