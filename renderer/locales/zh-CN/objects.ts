import type { objectsEn } from '../en/objects.ts';
import type { SameWords } from '../words.ts';
import { levelZh } from './objectsLevel.ts';
import { trayZh } from './objectsTray.ts';

export const objectsZh: SameWords<typeof objectsEn> = {
  level: levelZh,
  table: '对象',
  crumbs: '所在位置',
  empty: {
    question: '这里还没有对象',
    sentence: '可把文件拖到此页任意位置。写入后会从服务器读回每个文件的实际状态。',
    upload: '选择文件',
  },
  loading: '正在向 MinIO 询问对象及其状态。',
  sizeUnknown: '未告知',
  more: '加载更多',
  column: { name: '名称', state: '状态', size: '大小', written: '写入时间', bucket: '存储桶', rule: '默认加密规则', made: '创建时间' },
  buckets: {
    all: '存储桶',
    question: '哪些存储桶默认加密？',
    answer: {
      all_other: '全部 {number} 个都有默认加密规则。',
      some_other: '{number} 个中有 {ruled} 个有默认加密规则，其余的新对象按客户端发送的方式保存。',
      unread_other: '{number} 个中有 {ruled} 个有默认加密规则，{unread} 个无法读取。',
    },
    none: '还没有存储桶',
    noneText: '第一个存储桶创建后立即带有默认加密规则，对象不会以明文写入。',
    make: '创建存储桶',
  },
  rule: {
    none: '无',
    unread: '无法读取',
    answer: '新对象以 {rule} 保存：这是存储桶的默认加密规则。',
    answerNone: '没有默认加密规则，新对象按客户端发送的方式保存。',
  },
  total: {
    objects_other: '{number} 个对象',
    folders_other: '{number} 个文件夹',
    both: '{objects}，{folders}',
    more: '{shown}，还有更多',
  },
  upload: {
    button: '上传',
    dropHere: '可把文件拖到此处任意位置',
    dropNow: '松开即上传到此处',
  },
  evidence: {
    listed_other: '列出 {number} 个对象，其中 {known} 个说明了状态',
    rule: {
      'sse-kms': '{bucket}：SSE-KMS，密钥 {key}',
      'sse-s3': '{bucket}：SSE-S3',
      none: '{bucket}：没有默认加密规则',
      unread: '{bucket}：无权读取其规则',
    },
  },
  card: {
    close: '关闭卡片',
    asked: '询问于',
    asking: '来自列表',
    state: {
      plaintext: '未加密。能读取磁盘的人就能读取此对象。',
      unreadable: '加密所用的密钥现在无人持有。数据仍在，但密钥恢复之前无人能打开。',
      unknown: '服务器没有说明其保存方式：',
      'sse-c': '由客户端提供的密钥加密，MinIO 不保存该密钥。',
      'sse-s3': '由 MinIO 用其默认 KMS 密钥加密。',
      'sse-kms': '由 MinIO 用 KMS 密钥 {key} 加密。没有该密钥，无人能读取。',
      notRead: '尚未询问。',
    },
    differs: '存储桶规则为 {rule}，此对象的写入方式不同。',
    key: '密钥',
    size: '大小',
    sizeValue: '{size}（{bytes} B）',
    written: '写入时间',
    rule: '当前存储桶规则',
    opens: '现在能否打开',
    notTested: '未测试：没有读取对象内容',
    name: '名称',
  },
  tray: trayZh,
};
