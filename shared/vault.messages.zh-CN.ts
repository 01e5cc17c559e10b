import type { SameCodes } from './text.ts';
import type { vaultEn } from './vault.messages.en.ts';

export const vaultZh: SameCodes<typeof vaultEn> = {
  errors: {
    vaultAbsent: {
      title: '此环境没有 Vault',
      explanation: '环境 {stack} 没有登记 Vault 一类的服务器。',
      next: '先执行“部署”的第一步。',
    },
    vaultSealed: {
      title: '{host} 上的 Vault 已密封',
      explanation: '数据还在，但给足分片之前无法读取。每次重启都会密封。',
      next: '在 Vault 页面解封，再重试。',
    },
    vaultNotInitialised: {
      title: '{host} 上的 Vault 尚未初始化',
      explanation: '服务器在运行，但还没有根密钥。',
      next: '执行“初始化并解封”这一步。',
    },
    vaultAlreadyInitialised: {
      title: '{host} 上的 Vault 已经初始化',
      explanation: '分片和根令牌只在当时的应答中给出过一次。',
      next: '用当时的分片解封。',
    },
    vaultStandby: {
      title: '{host} 上的 Vault 还不是活动节点',
      explanation: '已解封，但还没有节点成为领导者。',
      next: '等几秒再试。若一直如此，查看它的日志。',
    },
    vaultPermissionDenied: {
      title: 'Vault 拒绝访问 {path}',
      explanation: '{host} 上的令牌已过期或被吊销，或其策略不允许此路径。',
      next: '重新登录，或把此路径加进该登录的策略。',
    },
    vaultLoginRefused: {
      title: 'Vault 拒绝登录',
      explanation: '{host} 对 {path} 的应答：{reason}',
      next: '重新执行创建此登录的那一步，它会生成新的凭据。',
    },
    vaultLoginLocked: {
      title: 'Vault 锁定了此登录',
      explanation: '{host} 对 {path} 应答 403。15 分钟内登录失败五次后，正确的凭据也会被拒绝。',
      next: '等 15 分钟或解除锁定，并停掉仍在使用旧凭据的程序。',
    },
    vaultAnswer: {
      title: 'Vault 对 {path} 应答 {status}',
      explanation: '{host}：{text}',
      next: '查看上面 Vault 的原文和它的日志。',
    },
    vaultNoToken: {
      title: '没有可用的 Vault 登录',
      explanation: '凭据库中没有 {stack} 的根令牌，也没有操作员登录。',
      next: '执行“初始化并解封”或“管理员与根令牌”这一步。',
    },
    vaultNoAnswer: {
      title: 'Vault 在 {url} 没有应答',
      explanation: '已启动 {seconds} 秒。最后几行日志：{lines}',
      next: '按日志所说改正，再执行这一步。',
    },
    vaultProductDiffers: {
      title: '应答的是 {actual}，选择的却是 {expected}',
      explanation: '{host} 上是另一个服务器。',
      next: '结束那个服务器，或在第一步换端口或产品。',
    },
    vaultStorageDiffers: {
      title: 'Vault 的存储是 {actual}，不是 {expected}',
      explanation: '{host} 用的是另一份配置。',
      next: '停止服务器，再执行“Vault”这一步。',
    },
    vaultInitLost: {
      title: '这个 Vault 的分片不在这里',
      explanation:
        '{host} 上的 Vault 已初始化，但应答不在凭据库中：可能在别处初始化，凭据库换过，或应答到达前连接断开。Sealdeck 不会删除它的数据。',
      next: '用初始化者的分片解封。若无人持有分片，先停止 Vault，自行清空 {folder}，再执行这一步。',
    },
    vaultInitBroken: {
      title: 'Vault 已初始化，但应答没有收到',
      explanation: '与 {host} 的连接断开（{reason}）。分片和根令牌已丢失；这个 Vault 还没有任何内容。',
      next: '再次执行这一步：Sealdeck 会移开无用的数据并重新开始。',
    },
    vaultAnswerNotSealed: {
      title: '分片无法保存，因此一个也没有使用',
      explanation: 'Vault 已初始化，但应答没能加密写入磁盘：{reason} Vault 保持密封，没有任何内容。',
      next: '修复凭据库，再执行这一步：这个 Vault 会重新开始。',
    },
    vaultDataGone: {
      title: '这个 Vault 的数据不见了',
      explanation: '这里保存着先前 Vault 的分片，但 {host} 上的服务器是空的。现在初始化会覆盖那些分片。',
      next: '从备份恢复数据文件夹 {folder}，或新建一个环境。',
    },
    vaultSharesMissing: {
      title: '这里保存的分片不够',
      explanation: '需要 {threshold} 个分片，凭据库中有 {kept} 个。',
      next: '让保管人在 Vault 页面输入各自的分片。',
    },
    vaultSharesWrong: {
      title: '{threshold} 个分片中有一个不对',
      explanation: 'Vault 只能一起检验分片。它已忘记全部 {threshold} 个，也不说明是哪一个。',
      next: '重新输入全部 {threshold} 个。若分片确实无误，则数据属于另一个 Vault。',
    },
    vaultShareEncoding: {
      title: '这不是分片',
      explanation: '分片用十六进制或 base64 书写。',
      next: '按分发时的原样再复制一次。什么也没有发送。',
    },
    vaultShareLength: {
      title: '分片长度不对',
      explanation: '它有 {bytes} 字节；这个 Vault 的分片是 {expected} 字节。',
      next: '再复制一次，不要缺字或多字。什么也没有发送。',
    },
    vaultShareEncrypted: {
      title: '这个分片还是加密的',
      explanation: '它是给保管人的 PGP 消息，不是分片本身。',
      next: '先用保管人的密钥解密。什么也没有发送。',
    },
    vaultAttemptReset: {
      title: '这次解封中途被重新开始',
      explanation: '有人重置，或错误的分片使它中止，或 {node} 重启过。之前给出的分片已被忘记。',
      next: '重新输入全部 {threshold} 个分片，包括这一个：它没有发送。',
    },
    kvVersionDiffers: {
      title: '引擎 {mount} 是 kv v{actual}，不是 v{expected}',
      explanation: 'KES 无法自己判断版本，Vault 也不能改回去。',
      next: '换一个挂载路径，或在第一步选择 v{actual}。',
    },
    vaultMountTaken: {
      title: '{mount} 已被 {type} 占用',
      explanation: '这个名称下启用了别的东西。',
      next: '换一个名称。',
    },
    vaultRoleTooWide: {
      title: '这个角色的权限过大',
      explanation: '{path} 应答 {status}，应为 403。',
      next: '检查此角色的其他策略并移除。',
    },
    vaultProofFailed: {
      title: '这个角色做不到 KES 需要的事',
      explanation: '在 {path} 上执行“{what}”得到 {reason}。',
      next: '再次执行这一步，它会按计划写入策略和角色。',
    },
    vaultOperatorTaken: {
      title: '登录名 {name} 已存在',
      explanation: '它不是此环境创建的。Sealdeck 不改别人的密码。',
      next: '换一个名称。',
    },
    vaultRootLives: {
      title: '根令牌仍然有效',
      explanation: '已执行吊销，但 {host} 对它应答 {status}。',
      next: '再次执行这一步。',
    },
  },
  texts: {},
};
