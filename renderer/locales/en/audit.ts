export const auditEn = {
  question: 'Which objects are not encrypted?',
} as const;
