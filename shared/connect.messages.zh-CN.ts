import type { connectEn } from './connect.messages.en.ts';
import type { SameCodes } from './text.ts';

export const connectZh = {
  errors: {},
  texts: {
    handoverWhyCommands: '在该主机上依次执行的命令',
    handoverWaiting: '等待 {url} 应答',
    handoverWarnSecret: '{folder} 含有该主机的敏感信息 (0600)。用安全的方式传送，运行后在此处删除。',
    handoverCommandCopy: '在该主机上：把这些文件按所示权限放入 {folder}',
    handoverCommandOwner: '它们属于运行服务器的用户 {user}',
    handoverCommandUnit: '立即启动，并在每次开机后启动',
    handoverCommandAgain: '若已用旧文件运行：重启',
    handoverCommandByHand: '或不用 systemd',
  },
} as const satisfies SameCodes<typeof connectEn>;
