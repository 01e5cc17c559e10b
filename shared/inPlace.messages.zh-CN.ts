import type { inPlaceEn } from './inPlace.messages.en.ts';
import type { SameCodes } from './text.ts';

export const inPlaceZh: SameCodes<typeof inPlaceEn> = {
  errors: {
    inPlaceUnknown: {
      title: '没有编号为 {id} 的任务',
      explanation: '此环境中没有该编号的计划或任务，可能已被删除。',
      next: '重新加载任务列表。',
    },
    inPlaceFileDamaged: {
      title: '无法读取此任务的记录',
      explanation: '{file} 不是 Sealdeck 写入的内容、部分已损坏，或由更新的版本写入。对象本身不受影响。',
      next: '删除此任务并重新制定计划：已加密的对象不会再次处理。',
    },
    inPlaceDiskFull: {
      title: '本机磁盘已满，任务已停止',
      explanation: '{path} 没有剩余空间。无法记录的操作一律不会执行。',
      next: '释放该磁盘的空间后继续任务。',
    },
    inPlaceRunning: {
      title: '任务 {id} 正在运行',
      explanation: '每个环境同一时间只运行一个任务，避免两个任务复制同一对象。',
      next: '等待其结束，或先取消；取消后仍可继续。',
    },
    inPlaceNotNow: {
      title: '当前无法执行此操作',
      explanation: '任务 {id} 的状态为“{state}”。',
      next: '重新加载任务。已结束的任务不能再次运行，新建计划。',
    },
    inPlaceTyped: {
      title: '未输入确认名称',
      explanation: '重写历史会在读取并核对副本后删除旧版本，因此必须输入 {name}。',
      next: '原样输入 {name}。',
    },
    inPlaceNoRule: {
      title: '存储桶 {bucket} 没有加密规则',
      explanation: '在那里不带加密请求头的副本会是明文。',
      next: '选择 SSE-S3 或带密钥的 SSE-KMS，或先为存储桶设置规则。',
    },
    inPlaceNeedsTls: {
      title: 'SSE-C 需要 TLS',
      explanation: 'MinIO 只在自身的 TLS 端口上接受客户密钥。{bucket} 中没有任何更改。',
      next: '选择 SSE-S3 或 SSE-KMS，或为 MinIO 启用 TLS。',
    },
    inPlaceSuspended: {
      title: '{bucket} 的版本控制已暂停',
      explanation: '此时副本会取代版本“null”，历史会丢失而不是被重写。',
      next: '启用版本控制，或只加密当前对象。',
    },
    inPlaceKeyRefused: {
      title: 'MinIO 无法使用密钥 {key}',
      explanation: '已让它生成并重新打开一个数据密钥：{reason}。没有任何更改。',
      next: '检查 KES 中的密钥以及 MinIO 身份的策略，或改用其他密钥。',
    },
    inPlaceTargetKeyGone: {
      title: '已暂停：用于加密的密钥不见了',
      explanation: 'MinIO 在处理 {where} 时找不到该密钥。没有对象受损：加密成功之前不会替换任何内容。',
      next: '在 KES 中恢复该密钥后继续。',
    },
    inPlaceChanged: {
      title: '{where} 与计划时不同',
      explanation: '此后它被他人覆盖或加密，因此保持原样。',
      next: '为仍是明文的对象新建计划。',
    },
    inPlaceTiered: {
      title: '{where} 位于分层存储中',
      explanation: '其存储类别为 {storageClass}：复制会把内容取回并存放在本地。',
      next: '先恢复该对象，或在分层端加密。',
    },
    inPlaceNullVersion: {
      title: '{where} 会丢失版本“null”',
      explanation: '其存储桶的版本控制已暂停：副本会成为版本“null”，而那里已有一个同名的旧版本。',
      next: '在该存储桶中启用版本控制后重新运行。',
    },
    inPlaceNoVersion: {
      title: '{where} 的副本没有自己的版本',
      explanation: '版本控制在此期间被关闭或暂停。没有删除任何版本。',
      next: '启用版本控制，然后新建计划。',
    },
    inPlaceTopStays: {
      title: '{where} 的历史未被改动',
      explanation: '其当前版本为 {state}，重写旧版本之后无法再把它放回最上面。',
      next: '先用 SSE-S3 或 SSE-KMS 加密当前版本，然后新建计划。',
    },
    inPlaceBehind: {
      title: '因 {where} 的较旧版本无法重写而保留',
      explanation: '版本按从旧到新的顺序重写；继续下去会颠倒它们的顺序。',
      next: '查看较旧版本的错误。',
    },
    inPlaceOldIsCurrent: {
      title: '{where} 现在显示的是较旧的版本',
      explanation: '旧版本已被重写，而最新版本未能放回最上面：{code}。它仍在下面。',
      next: '继续任务以重试，或把所需版本复制到其原名。',
    },
  },
  texts: {
    cliEncryptKept: '已完成的部分会保留：可用 sealdeck encrypt resume {id} 继续。',
    inPlaceLooking: '正在查看 {where} 中对象的当前状态',
    inPlacePlanJob: '计划：加密 {where} 中的已有对象',
    inPlaceJob: '正在加密 {where} 中的已有对象',
    inPlaceJournalStart: '开始在 {where} 中原地加密 {objects} 个对象（任务 {id}，模式 {mode}）',
    inPlaceJournalEnd: '原地加密 {id}：共 {total} 个，已处理 {done} 个，加密 {encrypted} 个，保持原样 {left} 个，删除旧版本 {deleted} 个',
    inPlaceLeftDeleted: '已删除：最上面是删除标记，只有旧版本是明文',
    inPlaceLeftUnreadable: '无法读取，或无法确定其状态',
    inPlaceLeftCustomerKey: 'SSE-C，且其密钥不在此处',
    inPlaceLeftGone: '已不存在',
    inPlaceLeftSinceAudit: '审计之后已消失、更改或加密',
    inPlaceLeftThere: '已是 {state}',
    inPlaceLeftTooLarge: '大于 5 TiB，无法复制',
    inPlaceLeftRotation: '从一个 SSE-C 密钥换到另一个：不为此重写历史。只加密当前对象，或改用 SSE-S3 或 SSE-KMS',
    inPlaceLeftOlder: '不是当前版本',
    inPlaceWarnHistory: '旧版本会被删除，且每个都在完整读取副本并核对之后才删除。版本 ID 和时间会改变，版本与删除标记之间的顺序也会改变。',
    inPlaceWarnOldIsCurrent: '重写某个对象的各版本期间，读取它可能短暂返回较旧的内容。完成后最新内容会回到最上面。',
    inPlaceWarnLocked: '{count} 个版本被保留期或依法保留锁定，将保持原样。',
    inPlaceWarnOlderStay: '{count} 个旧版本是明文，并将保持不变。如需处理使用“重写历史”。',
    inPlaceWarnVersions: '每个副本都是新版本；旧版本以明文留在下面，直到被删除。',
    inPlaceWarnNoVersions: '{bucket} 不保留版本：副本会取代原对象。',
    inPlaceWarnSuspended: '{bucket} 的版本控制已暂停：副本会取代版本“null”。若会因此丢失旧版本，则保留该对象不动。',
    inPlaceWarnModified: '最后修改时间会变为现在：生命周期规则将重新计时。',
    inPlaceWarnEvents: '每个副本都会触发事件（created: copy），并像上传一样被复制到远端。',
    inPlaceWarnEtag: 'ETag 会改变，分段上传的对象会变成单段。依赖 ETag 比较的程序会认为对象有变化。',
    inPlaceWarnCustomerKey: '此后读取这些对象必须提供客户密钥。没有密钥，内容将无法恢复。',
  },
};
