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
    objectChangeSample: '上传一段小文本为 {bucket}/{name}',
    objectChangeFile: '上传所选文件为 {bucket}/{name}',
    objectWarnReplace: '{bucket}/{name} 已存在，将被替换',
    objectDidUpload: '上传了 {where}，{bytes} 字节',
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
  },
};
