import type { appEn } from './app.messages.en.ts';
import type { SameCodes } from './text.ts';

export const appZh: SameCodes<typeof appEn> = {
  errors: {
    internal: {
      title: 'Sealdeck 在此处有缺陷',
      explanation: '事件编号 {incident}。详情在数据目录的日志中，不含敏感信息。',
      next: '再试一次。若再次出现，附上日志和事件编号报告。',
    },
    invalidInput: { title: '输入被拒绝', explanation: '{field}：{reason}', next: '改正该字段后重新提交。没有任何更改。' },
    unknownProcedure: {
      title: '没有名为 {name} 的过程',
      explanation: '此引擎不提供该调用。',
      next: '运行 sealdeck procedures 查看可用过程。',
    },
    cancelled: { title: '已取消', explanation: '已按要求停止。', next: '准备好后重新开始。' },
    connectionLost: {
      title: '与引擎的连接已断开',
      explanation: '窗口无法连接 Sealdeck 引擎。',
      next: '重新运行 npm start。已完成的内容不会丢失。',
    },
    storeNotDurable: {
      title: '会话结束后敏感信息会丢失',
      explanation: '凭据库只在内存中。无法保存敏感信息时不能创建{what}。',
      next: '先在“设置”中选择钥匙串、口令或练习模式。',
    },
    storeAbsent: { title: '还没有凭据库', explanation: 'Sealdeck 没有地方保存敏感信息。', next: '选择钥匙串、口令或练习模式。' },
    storeLocked: {
      title: '凭据库已锁定',
      explanation: '敏感信息密封在磁盘上，密钥不在内存中。',
      next: '在“设置”中解锁，或运行 sealdeck call store.unlock。',
    },
    storeExists: { title: '凭据库已存在', explanation: '新建会遮住旧库中的敏感信息。', next: '解锁现有凭据库，或使用另一个数据目录。' },
    storeWrongKey: {
      title: '凭据库无法打开',
      explanation: '密钥或口令不匹配，或文件被改动。',
      next: '重新输入口令。若钥匙串被重置，从备份恢复该文件。',
    },
    storeDamaged: {
      title: '凭据库无法读取',
      explanation: '{file} 不是此版本的密封文件：{reason}。',
      next: '恢复该文件或旁边的 .bak。Sealdeck 没有更改任何内容。',
    },
    keychainUnavailable: { title: '系统钥匙串没有应答', explanation: '{reason}', next: '解锁或安装钥匙串，或改用口令。' },
    keychainLocked: { title: '系统钥匙串已锁定', explanation: '{reason}', next: '解锁当前会话的钥匙串后重试。' },
    keychainKeyMissing: {
      title: '钥匙串中已没有包装密钥',
      explanation: '密封文件还在，但密钥不在：钥匙串被重置，或属于其他用户。',
      next: '恢复钥匙串条目，或使用新的数据目录。Sealdeck 不会覆盖旧文件。',
    },
    fileNotWritable: { title: '无法写入 {path}', explanation: '{reason}', next: '释放空间或授予写权限后重试。' },
    fileDamaged: {
      title: '无法读取 {path}',
      explanation: '内容不是此版本 Sealdeck 写入的：{reason}。',
      next: '从备份恢复该文件。Sealdeck 没有更改任何内容。',
    },
    engineRuns: {
      title: '另一个引擎正在使用此数据目录',
      explanation: '进程 {pid} 占用 {path}。',
      next: '使用那个窗口，或先结束那个引擎。',
    },
    engineUnreachable: {
      title: '引擎没有应答',
      explanation: '已为 {path} 启动引擎，但 {seconds} 秒内没有应答。{reason}',
      next: '查看数据目录中的 engine.log。',
    },
    jobUnknown: { title: '没有这个任务', explanation: '引擎不认识任务 {id}。', next: 'jobs.list 会列出任务。' },
    jobsRunning: { title: '仍有任务在运行', explanation: '将停止 {count} 个任务：{titles}。', next: '等待、取消，或仍然退出。' },
    fileTokenUnknown: { title: '文件已不可用', explanation: '其令牌已使用或已过期。', next: '重新选择或拖入文件。' },
    networkName: { title: '无法识别 {host}', explanation: '该名称无法解析为地址。', next: '检查主机名的拼写。' },
    networkRefused: { title: '{host} 没有应答', explanation: '端口已关闭（{reason}）。', next: '启动服务器，或改正端口。' },
    networkTimeout: { title: '{host} 未按时应答', explanation: '{reason}', next: '检查防火墙和端口后重试。' },
    networkBroken: { title: '与 {host} 的连接中断', explanation: '{reason}', next: '查看服务器日志后重试。' },
    tlsName: { title: '{host} 的证书属于其他名称', explanation: '{reason}', next: '把该名称加入证书的 SAN，或使用其中已有的名称。' },
    tlsTrust: { title: '{host} 的证书不受信任', explanation: '{reason}', next: '把签发它的 CA 提供给 Sealdeck。' },
    tlsDate: { title: '{host} 的证书目前无效', explanation: '{reason}', next: '更新证书，或校正本机时钟。' },
    tlsIdentityRefused: { title: '{host} 拒绝客户端证书', explanation: '{reason}', next: '使用服务器认识的身份。它不能是 CA 证书。' },
    tlsProtocol: { title: '{host} 的 TLS 与预期不符', explanation: '{reason}', next: '检查 http 与 https 以及端口。' },
    answerNotUnderstood: { title: 'Sealdeck 不理解 {host} 的应答', explanation: '{reason}', next: '检查地址是否属于正确的服务器。' },
  },
  texts: {},
};
