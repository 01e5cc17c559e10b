export const inPlaceEn = {
  question: 'What becomes encrypted in place?',
} as const;
