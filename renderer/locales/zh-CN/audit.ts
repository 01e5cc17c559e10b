import type { auditEn } from '../en/audit.ts';
import type { SameWords } from '../words.ts';

export const auditZh: SameWords<typeof auditEn> = {
  question: '哪些对象没有加密？',
  map: {
    tabs: '本次审计的视图',
    tab: { map: '分布图', objects: '对象', keys: '密钥', findings: '发现' },
  },
};
