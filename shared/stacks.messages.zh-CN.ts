import type { stacksEn } from './stacks.messages.en.ts';
import type { SameCodes } from './text.ts';

export const stacksZh: SameCodes<typeof stacksEn> = {
  errors: {
    stackUnknown: {
      title: '没有名为 {id} 的环境',
      explanation: '此数据目录中没有它。',
      next: '选择其他环境（运行 sealdeck status 查看），或新建一个（sealdeck up）。',
    },
    stackNone: {
      title: '还没有环境',
      explanation: '此数据目录中没有任何环境。',
      next: '新建一个（sealdeck up --dir 目录），或用 --dir 指定其目录。',
    },
    stackSeveral: {
      title: '不清楚指的是哪个环境',
      explanation: '有多个：{ids}。',
      next: '用 --stack ID 指定一个，或用 --dir 指定其目录。',
    },
    stackReadOnly: {
      title: '{name} 为只读',
      explanation: '接入的环境一开始都是只读：在有人明确允许之前，不会更改其服务器上的任何内容。',
      next: '在该环境的页面上解除只读，或执行 sealdeck call stacks.readOnly。',
    },
    pathOutside: { title: '路径 {path} 被拒绝', explanation: '它会指向该环境的目录之外。', next: '使用该目录下的路径，以正斜杠分隔。' },
  },
  texts: {
    stacksJournalReadOnly: '{name} 现在只读：不会更改其服务器上的任何内容',
    stacksJournalWritable: '已解除 {name} 的只读保护',
  },
};
