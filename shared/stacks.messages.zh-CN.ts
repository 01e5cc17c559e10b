import type { stacksEn } from './stacks.messages.en.ts';
import type { SameCodes } from './text.ts';

export const stacksZh: SameCodes<typeof stacksEn> = {
  errors: {
    stackUnknown: { title: '没有名为 {id} 的环境', explanation: '此数据目录中没有它。', next: '运行 stacks.list 查看环境，或新建一个。' },
    pathOutside: { title: '路径 {path} 被拒绝', explanation: '它会指向该环境的目录之外。', next: '使用该目录下的路径，以正斜杠分隔。' },
  },
  texts: {},
};
