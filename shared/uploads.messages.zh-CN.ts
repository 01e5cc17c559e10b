import type { SameCodes } from './text.ts';
import type { uploadsEn } from './uploads.messages.en.ts';

export const uploadsZh: SameCodes<typeof uploadsEn> = {
  errors: {
    uploadNotHere: {
      title: '找不到该上传任务',
      explanation: '该部署没有上传任务 {id}。它已被移除，或属于另一个数据目录。',
      next: '请查看上传列表，或重新拖入文件。',
    },
    uploadItemUnknown: {
      title: '该上传任务中没有此文件',
      explanation: '没有编号为 {n} 的文件。',
      next: '请重新加载列表。',
    },
    uploadNotStaged: {
      title: '该上传任务已经开始',
      explanation: '上传任务 {id} 已启动，不能再添加文件。',
      next: '请为更多文件新建一个上传任务。',
    },
    uploadNotStarted: {
      title: '该上传任务尚未启动',
      explanation: '上传任务 {id} 仍在准备中，尚未发送任何内容。',
      next: '请选择加密方式并启动。',
    },
    uploadEnded: {
      title: '该上传任务已结束',
      explanation: '上传任务 {id} 中已没有等待发送的文件。',
      next: '要重发失败的文件，请选择“重试”；否则请新建上传任务。',
    },
    uploadRunning: {
      title: '该上传任务正在运行',
      explanation: '上传任务 {id} 正在发送文件。',
      next: '请先暂停或取消。',
    },
    uploadPathsFromBrowser: {
      title: '浏览器不能指定本机文件路径',
      explanation: '只有桌面窗口和命令行可以使用路径，以免网页按名称读取本机文件。',
      next: '请将文件拖入窗口，或使用 sealdeck upload。',
    },
    uploadFileDamaged: {
      title: '该上传任务的记录已损坏',
      explanation: '{file} 不是 Sealdeck 写入的上传记录，或其中部分已损坏。已写入的对象不受影响。',
      next: '请重新上传文件；已存在的对象可以跳过。',
    },
    uploadFileNewer: {
      title: '该上传任务的记录由更新版本的 Sealdeck 写入',
      explanation: '{file} 的格式此版本无法识别，已原样保留。',
      next: '请用更新的版本打开。',
    },
    uploadDiskFull: {
      title: '本机磁盘已满：上传已停止',
      explanation: '{path} 所在磁盘没有剩余空间，Sealdeck 无法记录发送进度。已写入的对象没有丢失。',
      next: '请释放该磁盘空间，然后继续上传。',
    },
    uploadRefusedNoTls: {
      title: '使用客户提供的密钥需要 TLS',
      explanation: 'MinIO（{host}）通过明文 HTTP 访问，密钥会以明文传输，因此它会拒绝 SSE-C。',
      next: '请为 MinIO 配置证书，或选择其他加密方式。',
    },
    uploadRefusedKey: {
      title: 'MinIO 无法使用密钥 {key}',
      explanation: '要求 MinIO 用它生成并解开一个数据密钥时，返回：{reason}',
      next: '请在 KES 中创建该密钥、允许 MinIO 的策略使用它，或选择其他密钥。',
    },
    uploadRuleChanged: {
      title: '存储桶规则已改变',
      explanation: '此上传任务开始时，对象应为 {was}；按现在的规则将是 {now}。',
      next: '请恢复规则，或重新选择加密方式后继续。',
    },
    uploadNameTwice: {
      title: '该名称在此上传任务中已存在',
      explanation: '此上传任务中另一个文件也会存为 {name}，只发送第一个。',
      next: '请重命名其中一个，或上传到不同的文件夹。',
    },
    uploadTooLarge: {
      title: '{name} 过大',
      explanation: '单个对象最大 5 TiB。',
      next: '请拆分该文件。',
    },
    uploadLink: {
      title: '{name} 是符号链接',
      explanation: '不会跟随链接，因为它可能指向所选文件夹之外。',
      next: '请上传它所指向的文件。',
    },
    uploadSpecial: {
      title: '{name} 不是普通文件',
      explanation: '设备、套接字和管道没有可存储的内容。',
      next: '请将其排除。',
    },
    uploadNameNotText: {
      title: '名称 {name} 不是有效文本',
      explanation: '其字节不是有效的 UTF-8，而对象名必须是 UTF-8。',
      next: '请重命名该文件。',
    },
    uploadSourceUnreadable: {
      title: '无法读取 {name}',
      explanation: '系统返回 {reason}。',
      next: '请检查文件权限，然后重试。',
    },
    uploadSourceGone: {
      title: '{name} 已不存在',
      explanation: '选择之后，该文件已被删除或重命名（{reason}）。服务器上没有留下它的任何内容。',
      next: '请重新选择该文件。',
    },
    uploadSourceChanged: {
      title: '{name} 已被修改',
      explanation: '该文件已不是当初选择的内容（{reason}）。服务器上没有留下写了一半的内容。',
      next: '请在没有程序写入它之后重新选择。',
    },
    uploadNameBusy: {
      title: '另一个上传任务正在发送 {name}',
      explanation: '同时向同一名称上传，最终结果无法确定。先开始的任务会继续。',
      next: '请等它结束后再重试此文件。',
    },
    uploadOverwritten: {
      title: '{name} 已被他人覆盖',
      explanation: '它已写入，但回读时该名称下是另一个对象。',
      next: '请查明还有谁在写入，然后重试此文件。',
    },
    uploadReadsDifferently: {
      title: '{where} 回读的内容与发送的不一致',
      explanation: '发送的是 {sent}，服务器返回 {got}。',
      next: '请检查服务器磁盘以及中间的所有环节，然后重新发送。',
    },
    uploadLandedOtherwise: {
      title: '{where} 未按预期加密',
      explanation: '预期为 {meant}，服务器返回 {found}。',
      next: '请先查明原因再继续发送；然后加密或删除该对象。',
    },
    uploadPartsStay: {
      title: '{name} 的分片仍留在服务器上',
      explanation: '已中止该分片上传，但 MinIO 仍将其列出。',
      next: '请再次取消。MinIO 会在一天后自行清理这些分片。',
    },
    uploadWaitsForServer: {
      title: '等待中：MinIO 没有响应',
      explanation: 'MinIO（{host}）不可用或繁忙（{reason}）。会不断重试，间隔逐渐加长。',
      next: '请启动 MinIO 或修复网络，上传会自动继续。',
    },
    uploadWaitsForKms: {
      title: '等待中：MinIO 无法获得数据密钥',
      explanation: 'MinIO（{host}）无法连接 KES，或 KES 无法访问其密钥存储（{reason}）。',
      next: '请启动 KES 或解封密钥存储，上传会自动继续。',
    },
  },
  texts: {
    cliUploadKept: '已发送的内容会保留：运行 sealdeck upload resume {id} 可继续。',
    uploadJob: '上传到 {where}',
    uploadLookJob: '检查哪些名称已存在：{where}',
    uploadWaitsNote: '等待服务器',
    uploadNamesAlike: '与此上传任务中的 {name} 相似：仅大小写或字符组合方式不同',
    uploadChoiceRule: '存储桶规则：{rule}',
    uploadChoiceNoRule: '存储桶没有规则：文件将以明文存储',
    uploadChoiceNoRuleUnsure: '存储桶没有规则：除非服务器自动加密，否则文件将以明文存储',
    uploadChoiceAutomatic: '存储桶没有规则，但该服务器会用 {key} 加密所有对象',
    uploadChoiceRuleUnknown: '无法读取规则（{code}）：写入之后才能看到实际的加密方式',
    uploadChoiceSseS3: 'MinIO 的默认密钥',
    uploadChoiceSseS3Key: 'MinIO 的默认密钥 {key}',
    uploadChoiceSseKms: '自选密钥，填写其在 KES 中的名称',
    uploadChoiceSseKmsKeys: '自选密钥；KES 中有 {count} 个',
    uploadChoiceSseC: '密钥在此生成并保存在凭据库中。丢失密钥即丢失数据',
    uploadWhyNotRead: '已写入，但无法回读：{code}。',
    uploadWhyHeader: '每个请求都指定了加密方式。途中的网关或代理可能将其去掉，或该服务器不支持。',
    uploadWhyRuleUnread: '现在无法读取存储桶规则（{code}）。',
    uploadWhySameRule: '存储桶规则仍为 {rule}。它可能曾短暂消失，或中间有其他设备在应答。',
    uploadWhyRuleRemoved: '上传开始之后，存储桶规则被移除。原规则为 {rule}。',
    uploadWhyRuleChanged: '上传开始之后，存储桶规则被修改：由 {before} 改为 {now}。',
    uploadDidStart: '开始上传 {files} 个文件到 {where}：{how}',
    uploadDidEnd: '上传到 {where} 已结束：{done} 个符合预期，{alarms} 个不符，{failed} 个失败；共 {bytes} 字节',
    uploadDidStop: '上传到 {where} 已停止：{done} 个符合预期，{alarms} 个不符，{failed} 个失败，{left} 个等待；共 {bytes} 字节',
    uploadDidCancel: '已取消上传到 {where}；服务器上没有残留分片',
  },
};
