import type { objectsEn } from './objects.messages.en.ts';
import type { SameCodes } from './text.ts';

export const objectsZh: SameCodes<typeof objectsEn> = {
  errors: {
    objectMissing: { title: '{where} 不存在', explanation: 'MinIO 返回 {code}。', next: '检查名称；可能已被删除。' },
    objectNameRefused: {
      title: '不能使用名称 {name}',
      explanation: '不能以斜杠开头，不能有空的部分，不能有“.”或“..”，总长至多 1024 字节，每部分至多 255 字节。',
      next: '换一个名称。',
    },
    objectTampered: {
      title: '{where} 的加密元数据已损坏',
      explanation: 'MinIO 返回 {code}。在未修复 CVE-2026-34204 的服务器上，一次带伪造请求头的上传就会造成这种情况。',
      next: '删除或恢复该对象。一个这样的对象就能让存储桶无法列出。',
    },
    customerKeyNeeded: { title: '{where} 用客户提供的密钥加密', explanation: 'MinIO 没有该密钥。', next: '由读取者提供密钥 (SSE-C)。' },
    objectExists: { title: '{where} 已存在', explanation: '要求只在对象不存在时写入。未做任何更改。', next: '换一个名称，或允许替换。' },
    objectChanged: {
      title: '{where} 在此期间已被更改',
      explanation: '它已不是之前查看的那个对象，因此未做改动。',
      next: '重新查看后再决定。',
    },
    objectLocked: {
      title: '{where} 已锁定',
      explanation: '该版本受保留期或依法保留保护。MinIO 返回：{message}',
      next: '等保留期结束，或在允许的情况下解除。',
    },
    uploadUnknown: {
      title: 'MinIO 已没有到 {where} 的这次上传',
      explanation: '它已完成或取消，或因闲置超过一天被清理。',
      next: '从头上传该文件。',
    },
    uploadPartMissing: {
      title: '到 {where} 的上传缺少分段',
      explanation: 'MinIO 上的分段与发送的不全一致。没有生成对象。',
      next: '从头上传该文件。',
    },
    uploadChecksumDiffers: {
      title: '{where} 收到的内容不同',
      explanation: '服务器上的校验和与发送的字节不符。',
      next: '重新上传。若再次出现，检查两端的内存和网络。',
    },
    customerKeyWrong: {
      title: '此密钥打不开 {where}',
      explanation: '该对象用另一个客户提供的密钥 (SSE-C) 加密。',
      next: '找出写入时所用的密钥。没有它，任何人都无法读取该对象。',
    },
    customerKeyNotApplicable: {
      title: '{where} 没有用客户提供的密钥加密',
      explanation: '为不使用 SSE-C 的对象发送了密钥。',
      next: '不带密钥读取。',
    },
    customerKeyNeedsTls: {
      title: '不能通过明文 HTTP 发送客户提供的密钥',
      explanation: '到 {host} 的连接没有 TLS，密钥会以明文经过网络；因此没有发送。',
      next: '为 MinIO 配置证书，或选择 SSE-S3、SSE-KMS。',
    },
    customerKeyWrongLength: {
      title: '客户提供的密钥应为 32 字节',
      explanation: '给出的是 {bytes} 字节，或不是 base64、十六进制格式。',
      next: '输入 64 位十六进制数字，或 44 个字符的 base64。',
    },
    customerKeyMissing: {
      title: '这里没有保存该客户提供的密钥',
      explanation: '凭据库中没有标识为 {id} 的密钥，可能已被移除。',
      next: '从导出的文件中重新导入该密钥。',
    },
    customerKeyNameTaken: { title: '已有名为 {name} 的密钥', explanation: '同名的密钥容易混淆。', next: '换一个名称。' },
    customerKeyKnown: { title: '这里已有此密钥', explanation: '它以 {name} 为名保存。', next: '使用该密钥。' },
    objectLandedDifferently: {
      title: '{where} 的存储方式与规则不符',
      explanation: '服务器报告 {found}，存储桶的规则是 {wanted}。',
      next: '检查存储桶的规则后重新上传。对象保留在原处。',
    },
    objectDiffers: {
      title: '{where} 读回的内容不同',
      explanation: '读回了 {got} 字节，与发送的内容不一致。',
      next: '重新上传，然后检查服务器的磁盘和网络。',
    },
    uploadCutShort: {
      title: '文件在发送时发生了变化',
      explanation: '预告了 {expected} 字节，实际为 {got} 字节。',
      next: '等没有程序写入时重新选择该文件。',
    },
    listingBlocked: {
      title: '有一个对象使 {bucket} 无法列出',
      explanation: '服务器对整页返回 {code}：这里至少有一个对象的密钥缺失或元数据损坏。',
      next: '打开下级文件夹，或恢复密钥。仍可按名称读取单个对象。',
    },
  },
  texts: {
    customerKeySecret: '客户提供的密钥 (SSE-C)',
    objectChangeSample: '上传一段小文本为 {bucket}/{name}',
    objectChangeFile: '上传所选文件为 {bucket}/{name}',
    objectWarnReplace: '{bucket}/{name} 已存在，将被替换',
    objectDidUpload: '上传了 {where}，{bytes} 字节',
    objectDidRemove: '已永久删除 {where} {version}',
    objectDidMark: '已为 {where}{version} 添加删除标记',
    objectsRemoving: '正在删除 {bucket} 中的 {count} 个对象',
    objectsDidRemove: '已删除 {bucket} 中的对象：永久删除 {removed} 个，添加删除标记 {markers} 个，失败 {failures} 个',
    objectUploading: '上传 {where}',
    objectProofState: 'MinIO 报告 {where} 为 {state}，符合存储桶的规则',
    objectProofBytes: '{where} 逐字节读回与发送的内容一致 (SHA-256)',
    objectProofOpens: '{where} 可以打开：已读取其中一个字节',
    objectProofEmpty: '{where} 是空对象，读取它不能证明密钥可用',
    stateAlgorithmUnknown: '服务器报告的加密方式是 {algorithm}',
    stateTampered: '加密元数据已损坏',
    stateNoPermission: '此凭据无权读取',
    stateNotSaid: '服务器没有说明：{code}',
    objectsCheckJob: '检查 {where} 下的对象',
    objectsListing: '正在列出 {where}：已有 {count} 个',
    objectsChecking: '逐个询问 {where} 下的对象，并读取加密对象的一个字节',
    cardNoKeyOfOurs: '这里保存的 SSE-C 密钥都不是它的密钥。',
    snippetCustomerKey: 'SSE_C_KEY 为该密钥：32 字节的 base64。',
    snippetMcArgument: 'mc 只能以命令行参数接收客户密钥。mc 运行期间，能列出本机进程的人都能看到它。',
    snippetMcContext: 'mc 不能发送加密上下文：由它上传的对象没有上下文。',
  },
};
