export const bucketsEn = {
  question: 'What do new objects get by default?',
} as const;
