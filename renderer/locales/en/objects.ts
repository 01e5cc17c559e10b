export const objectsEn = {
  title: 'Objects',
} as const;
