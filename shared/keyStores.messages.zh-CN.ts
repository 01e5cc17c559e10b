import type { keyStoresEn } from './keyStores.messages.en.ts';
import type { SameCodes } from './text.ts';

export const keyStoresZh: SameCodes<typeof keyStoresEn> = {
  errors: {
    keyStoreSecretMissing: {
      title: 'KES 没有登录 {store} 的凭据',
      explanation: '尚未提供：{fields}。缺少它，KES 无法启动。',
      next: '在“位置”步骤中提供，或在命令行使用 --key-store-file。',
    },
    keyStoreRefused: {
      title: 'KES 无法启动：{store} 拒绝登录',
      explanation: '对方的回答：{reason}',
      next: '检查此密钥存储的凭据并重新提供，然后再次运行此步骤。',
    },
    keyStoreTrust: {
      title: 'KES 无法启动：它不信任 {store} 的证书',
      explanation: '{reason}',
      next: '提供签发该证书的 CA 证书，或修正地址，使其与证书相符。',
    },
    keyStoreAway: {
      title: 'KES 无法启动：{store} 没有响应',
      explanation: '{reason}',
      next: '检查其地址以及本机能否访问它，然后再次运行此步骤。',
    },
    keyStoreDown: {
      title: 'KES 无法访问 {store}',
      explanation: '{host} 有响应，但它背后的密钥存储没有。',
      next: '检查 {store} 是否在运行，以及 KES 所在主机能否访问它。KES 会在 10 秒内自行恢复。',
    },
    keyStoreNoList: {
      title: 'KES 无法列出 {store} 中的密钥',
      explanation: '此版本的 KES 会反复请求列表的同一页，每秒数千次，直到放弃。',
      next: '在 {store} 中直接查看列表。创建、使用和删除密钥都正常。',
    },
    keyStoreFails: {
      title: '{store} 没有完成 KES 的请求',
      explanation: 'KES 在运行，并在日志中写道：{reason}',
      next: '在 {store} 检查凭据和权限：KES 在那里创建、读取、列出和删除敏感信息。',
    },
  },
  texts: {
    keyStoreNoVault: 'KES 的密钥保存在 {store} 中：没有需要部署的 Vault',
    keyStorePlan: 'KES 将把密钥保存在 {store}（{place}）；Sealdeck 不在那里启动任何程序',
    keyStorePlanWrite: '写入 kes.yaml：密钥 {pattern} 使用策略 {policy}，密钥存储为 {store}',
    keyStoreFileWhy: 'KES 的配置。其中有 KES 登录 {store} 的凭据，因此只有所有者可读。',
    keyStoreFilesFileWhy: 'KES 的配置，只有所有者可读。',
    keyStoreFilesWarning: 'KES 把每个密钥存为未加密的文件：能读取该文件夹的人就拥有密钥。仅供测试，不要用于真实数据。',
    keyStoreSecretWarning: '{store} 尚未提供：{fields}',
    keyStoreChangeWarning: '{before} 中的密钥留在原处：用它们加密的对象无法通过 {after} 读取',
    keyStoreCaName: '密钥存储的 CA',
    keyStoreCaWhy: '为密钥存储担保的 CA',
    keyStoreJournalGiven: '保存了 KES 登录 {store} 的凭据：{fields}',
    keyStoreSeenTrusted: '{store} 在 {url} 有响应：名称指向 {address}，其证书受信任',
    keyStoreSeenProxy: 'KES 访问 {store} 所用的代理 {url} 有响应',
    keyStoreCommandAround: 'KES 运行时需要的环境变量',
    keyStoreSeenOpen: '{store} 在 {url} 有响应，未使用 TLS',
    keyStoreSeenNot: '从本机无法访问 {url} 的 {store}；KES 将从它自己的主机尝试',
    keyStoreListHangs: '对此版本的 KES，{store} 的密钥列表永远不会结束：密钥可以创建和使用，但 KES 无法列出它们',
    keyStoreOtherNotAsked: '没有直接询问 {store}：只有 KES 能登录那里',
    keyStoreLevel: '无法验证整条链路：只有 KES 能登录 {store}，密钥可以删除但无法放回',
    keyStoreBackup: '密钥保存在 {store} 中，不在此备份里；其凭据在备份里',
    keyStoreLostFiles: 'KES 的密钥，未加密地存放在此文件夹中：用它们加密的内容将永远无法读取',
  },
};
