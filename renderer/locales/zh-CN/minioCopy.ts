import type { minioCopyEn } from '../en/minioCopy.ts';
import type { SameWords } from '../words.ts';

export const minioCopyZh: SameWords<typeof minioCopyEn> = {
  question: '从旧 MinIO 带过来什么？',
  answer: {
    none: '尚无。适用于只有旧服务器自己能打开其对象的情况：在那里读取，在这里写入，再比对。',
    planned_other: '{count} 个对象，{size}，约 {time}。',
    running: '已复制并比对 {count} 个。',
    done_other: '已复制 {count} 个对象，逐个重新读取，逐字节相同。',
    failed_other: '已复制 {copied} 个；{count} 个对象失败。',
    stopped: '停在 {count} 个。会从停下处继续。',
  },
  from: '读取自',
  fromWhy: '旧 MinIO 所在的环境：先连接其地址和登录。',
  connect: '连接旧 MinIO',
  noOther: '没有其他可读取的环境',
  encrypt: '在这里写入时使用',
  kms: 'SSE-KMS，密钥 {key}',
  s3: 'SSE-S3',
  plan: '查看那里有什么',
  start: '复制',
  goOn: '继续',
  table: {
    label: '旧 MinIO 的存储桶',
    bucket: '存储桶',
    objects: '对象',
    size: '大小',
    here: '这里已有',
    atLeast: '至少 {count}',
    no: '没有该存储桶',
  },
  failures: '失败的对象',
  minutes_other: '{count} 分钟',
};
