import type { auditEn } from '../en/audit.ts';
import type { SameWords } from '../words.ts';

export const auditZh: SameWords<typeof auditEn> = {
  question: '哪些对象没有加密？',
};
