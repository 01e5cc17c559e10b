export const setupEn = {
  title: 'Setup',
} as const;
