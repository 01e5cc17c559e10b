import type { auditEn } from './audit.messages.en.ts';
import type { SameCodes } from './text.ts';

export const auditZh: SameCodes<typeof auditEn> = {
  errors: {
    auditUnknown: { title: '没有这次审计', explanation: '此环境没有审计 {id}。', next: '从列表中选择，或开始新的审计。' },
    threadEnded: {
      title: '工作中途停止',
      explanation: '工作线程未作答即结束，可能是内存不足。',
      next: '继续该工作；之前读到的内容已保留。',
    },
  },
  texts: {},
};
