import type { minioCopyEn } from './minioCopy.messages.en.ts';
import type { SameCodes } from './text.ts';

export const minioCopyZh: SameCodes<typeof minioCopyEn> = {
  errors: {
    copySame: { title: '不能把一个环境复制到它自身', explanation: '两端是同一个 MinIO。', next: '选择旧 MinIO 所在的环境作为来源。' },
    copyRunning: {
      title: '从 {from} 的复制已在进行',
      explanation: '它逐页进行。',
      next: '等它结束，或在右上角的任务中取消；已复制的内容保留。',
    },
    copyConflict: {
      title: '{where} 已存在且内容不同',
      explanation: '复制绝不替换不是它写入的内容。',
      next: '查明该对象属于谁；重命名或移除其中一个，然后继续。',
    },
    copyDiffers: {
      title: '{where} 与读到的内容不一致',
      explanation: '重新读取时字节不同，或其加密状态是 {found}。',
      next: '不要关闭旧服务器。在两端查看该对象，然后继续。',
    },
    copyManyFailures: {
      title: '超过 {count} 个对象失败：{code}',
      explanation: '失败这么多，说明问题在服务器而不在对象。',
      next: '解决后重新开始复制：它会从停下处继续。',
    },
  },
  texts: {
    copyJob: '正在把 {from} 复制到 {to}',
    copyProgress: '已复制并比对 {count} 个对象，{bytes:size}',
    copyJournal: '开始复制 {from} 的全部存储桶',
    copyVersions: '只复制当前版本。含有旧版本的存储桶：{names}',
    copyThere: '这里的同名存储桶已有对象，均不会被替换：{names}',
    copyLeavesOut: '用户、策略、存储桶规则和设置不会带过来，须在这里重新设置',
    copyWriters: '其间写入旧服务器的内容可能缺失：让客户端只读，或复制两次',
  },
};
