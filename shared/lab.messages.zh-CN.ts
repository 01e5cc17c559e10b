import type { labEn } from './lab.messages.en.ts';
import type { SameCodes } from './text.ts';

export const labZh: SameCodes<typeof labEn> = {
  errors: {
    serverMissing: {
      title: '还没有 {program}',
      explanation: '没有选择文件，PATH 和缓存中也没有找到。',
      next: '运行“服务器”步骤，由它获取或选择文件。',
    },
    serversMissing: {
      title: '缺少服务器：{programs}',
      explanation: '获取它们需要下载或构建约 {megabytes} MB，约 {minutes} 分钟，尚未得到同意。',
      next: '在“服务器”步骤中同意，为 sealdeck up 加上 --build-servers，或选择已有文件。',
    },
    serverToolMissing: {
      title: '没有 {tool}，无法获取 {program}',
      explanation: '在 PATH 和常用目录中没有找到 {tool} 或更新版本。',
      next: '安装 {tool}，或选择已有的 {program}。',
    },
    serverBuildFailed: {
      title: '无法获取 {program}',
      explanation: '{lines}',
      next: '检查网络和剩余空间后重新获取。已下载的内容会保留。',
    },
    serverWrongBinary: {
      title: '{path} 不是 {program}',
      explanation: '查询版本时，它的应答与 {program} 不符：{reason}。',
      next: '选择另一个文件，或清除选择，由 Sealdeck 获取。',
    },
    storageNotInBinary: {
      title: '{program} 没有 {storage} 存储',
      explanation: '此程序文件提供：{storages}。',
      next: '在“位置”步骤中选择另一种存储，或选择带有该存储的程序文件。',
    },
    portInUse: {
      title: '{kind} 的端口 {port} 已被占用',
      explanation: '另一个程序正在监听该端口。Sealdeck 不会结束不是由它启动的程序。',
      next: '结束那个程序，或在“位置”步骤中选择另一个端口。',
    },
    serverDied: {
      title: '{kind} 在启动时退出',
      explanation: '{reason}。最后几行日志：{lines}',
      next: '阅读日志，排除原因后重新运行此步骤。',
    },
    serverSilent: {
      title: '{kind} 正在运行，但没有监听端口 {port}',
      explanation: '启动后已过 {seconds} 秒。最后几行日志：{lines}',
      next: '阅读日志，然后重启它。',
    },
    serverNotStopped: {
      title: '{kind} 没有结束',
      explanation: '已要求进程 {pid} 结束并强制终止，但它仍然存在。',
      next: '用系统工具查看该进程。',
    },
    serverNeverStarted: {
      title: '{kind} 从未在此启动',
      explanation: 'Sealdeck 不知道它在这个环境中的命令行。',
      next: '先在“部署”中运行 {kind} 步骤。',
    },
    memoryLockFailed: {
      title: '无法授予 {path} 锁定内存的权限',
      explanation: '{reason}',
      next: '以 root 身份运行所示命令，或选择不锁定内存。',
    },
  },
  texts: {
    labGet: '获取 {programs}',
    labStart: '启动 {kinds}',
    labStop: '停止 {kinds}',
    labRestart: '重启 {kinds}',
    labWaitsForBuild: '另一个进程正在获取 {program}；已等待 {seconds} 秒',
    labBuilds: '正在构建 {program}：{seconds} 秒，预计约 {minutes} 分钟',
    labDownloads: '正在下载 {program}：{seconds} 秒，预计约 {minutes} 分钟',
    labStarting: '正在启动 {kind}',
    labStopping: '正在停止 {kind}',
    labStarted: '已启动 {kind}，进程 {pid}',
    labStopped: '已停止 {kind}，进程 {pid}',
    labNotStarted: '{kind} 还不能启动',
    labNoLog: '{kind} 还没有写入日志',
    serverFromPicked: '{program} {version}，所选文件：{path}',
    serverFromPath: '{program} {version}，来自 PATH：{path}',
    serverFromCache: '{program} {version}，来自缓存：{path}',
    serverWillBuild: '用 Go 构建 {program} {version}：{megabytes} MB，约 {minutes} 分钟，许可证 {licence}',
    serverWillDownload: '用 pip 下载 {program} {version}：{megabytes} MB，约 {minutes} 分钟，许可证 {licence}',
    serverNeedsGo: '{program} 需要 Go {version} 或更新版本，本机没有',
    serverNeedsPip: '{program} 需要带 pip 的 Python，本机没有',
    serversNeedAgreement: '在同意之前不会下载或构建任何内容',
    serverGot: '已获取 {program} {version}',
    storageSupported: '{program} 带有 {storage} 存储',
    memoryLockCommand: '授予 {program} 锁定内存的权限；每次升级该文件后都要重新运行',
    memoryLockSet: '已授予 {program} 锁定内存的权限',
    memoryLockGranted: '{program} 可以锁定内存',
    memoryLockMissing: '{program} 不能锁定内存：以 disable_mlock 运行，应关闭或加密交换分区',
    memoryLockNotNeeded: '{program} 不锁定内存：应关闭或加密交换分区',
    memoryLockUnsupported: '只有 Linux 支持锁定内存：{program} 不使用它',
    memoryLockOff: '按照选择，{program} 不锁定内存',
  },
};
