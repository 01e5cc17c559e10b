import type { clustersEn } from './clusters.messages.en.ts';
import type { SameCodes } from './text.ts';

export const clustersZh: SameCodes<typeof clustersEn> = {
  errors: {
    clusterStoreNotVault: {
      title: '这种密钥存储只能供一个集群使用',
      explanation: '{store} 没有各自独立登录的目录，两个 KES 会读到彼此的密钥。',
      next: '为下一个集群另建一个环境。',
    },
    clusterNoFirst: {
      title: '第一个集群还不完整',
      explanation: '新集群要与它共用 Vault 和证书。还缺：{missing}。',
      next: '先完成这个环境的部署。',
    },
    clusterTaken: {
      title: '这个名称已被占用',
      explanation: '{field}：{value} 已属于 {owner}。',
      next: '换一个名称。没有做任何更改。',
    },
    clusterNested: {
      title: '两个前缀互相包含',
      explanation: '{prefix} 与 {owner} 的 {other} 重叠：能读上层前缀的角色也能读下层。',
      next: '选一个与它并列的前缀。没有做任何更改。',
    },
    clusterPort: {
      title: '端口 {port} 不可用',
      explanation: '它属于{owner}。',
      next: '换一个端口。没有做任何更改。',
    },
    clusterKeyOutside: {
      title: '新的 MinIO 无法使用它的默认密钥',
      explanation: '{key} 不以 {prefix} 开头，而它的 KES 只允许这样的密钥。',
      next: '选一个以该前缀开头的密钥。',
    },
    clusterBusy: {
      title: '正在为这个环境添加集群',
      explanation: '同一时间只能有一次添加或验证在进行，也许是另一个窗口启动的。',
      next: '等它结束，或在任务列表中取消它。',
    },
    clusterNoRecord: {
      title: '没有可以继续的添加',
      explanation: '这个环境没有保留 {cluster} 的添加记录：它已完成，或已放弃。',
      next: '重新查看环境全貌。',
    },
    clusterNeedsRoot: {
      title: 'Sealdeck 在 Vault 的登录无权准备新集群',
      explanation: '{login} 不能写入 {path}，而这里保留的分片不足以生成根令牌。',
      next: '在“节点与密钥”页面用保管人的分片生成根令牌，添加集群，然后在那里吊销令牌。',
    },
    clusterNotApart: {
      title: '集群之间没有隔离',
      explanation: '{by} 能访问属于 {of} 的内容：{asked} 得到的应答是 {status}。',
      next: '对照两个角色在 Vault 中的策略和两个 KES 的策略。修复之前不要继续写入。',
    },
    clusterWrongKes: {
      title: '写入没有只经过它自己的 KES',
      explanation: '{cluster} 写入 {writes} 个对象期间，{of} 的 KES 记录到 {count} 次请求。',
      next: '检查这个 MinIO 的 KES 地址及其日志。',
    },
  },
  texts: {
    'clusters.job': '添加集群 {cluster}',
    'clusters.jobProve': '验证集群之间已隔离',
    'clusters.step.document': '纳入环境',
    'clusters.step.certificates': '证书与身份',
    'clusters.step.prepare': 'Vault 中的独立位置和角色',
    'clusters.step.kes': 'KES',
    'clusters.step.key': '默认密钥',
    'clusters.step.minio': 'MinIO',
    'clusters.step.bucket': '第一个存储桶',
    'clusters.step.proof': '验证集群之间已隔离',
    'clusters.missing.minio': 'MinIO',
    'clusters.missing.kes': 'KES',
    'clusters.missing.ca': '环境自己的 CA',
    'clusters.field.id': '名称',
    'clusters.field.prefix': '前缀',
    'clusters.field.role': '角色',
    'clusters.field.policy': '策略',
    'clusters.vault': 'Vault',
    'clusters.itself': '新集群自己',
    'clusters.otherProgram': '其他程序或环境',
    'clusters.counted': '{cluster}：写入 {writes} 个对象时，它自己的 KES 记录到 {own} 次请求；其他集群写入时记录到 {other} 次',
    'clusters.refusedTo': '{by} 访问 {of} 被拒绝：{asked} 应答 {status}',
    'clusters.plan.document': '把 {cluster} 连同 KES {kes} 及其 MinIO 的身份纳入环境。Vault、CA 和操作员身份共用。',
    'clusters.plan.proof': '在每个集群写入几个对象后再删除；用每个角色和每个身份去请求其他集群的密钥。',
    'clusters.plan.rights': '把新名称加入 Sealdeck 登录所用的策略 {policy}',
    'clusters.plan.rightsByRoot': '用保留的分片生成根令牌，把新名称加入 Sealdeck 登录所用的策略 {policy}，再吊销令牌',
    'clusters.command.root': '根令牌已吊销：用分片为下一行命令生成一个',
    'clusters.journal.added': '已添加集群 {cluster}：密钥位于 {path} 之下，角色为 {role}',
    'clusters.journal.forgotten': '已放弃添加集群 {cluster}；它的文件和它在 Vault 中的位置保留不动',
    'clusters.journal.proven': '已验证集群之间相互隔离：{clusters}',
  },
};
