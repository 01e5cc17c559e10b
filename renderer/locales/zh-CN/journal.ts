import type { journalEn } from '../en/journal.ts';
import type { SameWords } from '../words.ts';

export const journalZh: SameWords<typeof journalEn> = {
  question: 'Sealdeck 改动过什么？',
  verify: {
    intact_other: '共 {entries} 条，未被改动、删除或截断。',
    altered_other: '共 {entries} 条，第 {at} 条被改动，或其前有条目被删除。',
    cut_other: '末尾缺失：只剩 {entries} 条。',
    unknown_other: '共 {entries} 条。打开凭据库后才能判断是否完整。',
  },
  verifyAgain: '重新检查',
  allStacks: '全部环境',
  onlyStack: '仅 {name}',
  more: '加载更早的条目',
  failed: '失败',
  column: { seq: '序号', when: '时间', what: '内容', stack: '环境', who: '操作者' },
  empty: { question: '还没有任何改动', sentence: 'Sealdeck 对服务器、文件和密钥的每次改动都会记录在这里，并注明操作者。' },
  evidence: {
    intact_other: '{count} 条记录的校验链与凭据库一致',
    altered_other: '校验链与凭据库不一致',
    cut_other: '凭据库记录的条目更多',
    unknown_other: '凭据库未打开',
  },
  limits: '各条目由凭据库中的密钥串成校验链，条目数也保存在那里。它能防他人改动，但防不了能打开凭据库的人。',
};
