import type { connectEn } from './connect.messages.en.ts';
import type { SameCodes } from './text.ts';

export const connectZh = {
  errors: {},
  texts: {
    handoverWhyCommands: '在该主机上依次执行的命令',
    handoverWaiting: '等待 {url} 应答',
  },
} as const satisfies SameCodes<typeof connectEn>;
