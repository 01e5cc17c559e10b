import { auditZh } from './audit.messages.zh-CN.ts';
import { bucketsZh } from './buckets.messages.zh-CN.ts';
import { certificateBoardZh } from './certificateBoard.messages.zh-CN.ts';
import { certificateFilesZh } from './certificateFiles.messages.zh-CN.ts';
import { clustersZh } from './clusters.messages.zh-CN.ts';
import { connectZh } from './connect.messages.zh-CN.ts';
import { firstMessagesZh } from './firstMessages.zh-CN.ts';
import { inPlaceZh } from './inPlace.messages.zh-CN.ts';
import { kesConfigZh } from './kesConfig.messages.zh-CN.ts';
import { kesKeysZh } from './kesKeys.messages.zh-CN.ts';
import { kesMoveZh } from './kesMove.messages.zh-CN.ts';
import { keyStoresZh } from './keyStores.messages.zh-CN.ts';
import type { messagesEn } from './messages.en.ts';
import { minioCopyZh } from './minioCopy.messages.zh-CN.ts';
import { minioVariablesZh } from './minioVariables.messages.zh-CN.ts';
import { objectsZh } from './objects.messages.zh-CN.ts';
import type { SameCodes } from './text.ts';
import { uploadsZh } from './uploads.messages.zh-CN.ts';
import { vaultAccessZh } from './vaultAccess.messages.zh-CN.ts';
import { vaultClusterZh } from './vaultCluster.messages.zh-CN.ts';

/** The same in Chinese: a code that is missing here does not compile. */
export const messagesZh: SameCodes<typeof messagesEn> = {
  errors: {
    ...firstMessagesZh.errors,
    ...connectZh.errors,
    ...objectsZh.errors,
    ...inPlaceZh.errors,
    ...bucketsZh.errors,
    ...uploadsZh.errors,
    ...auditZh.errors,
    ...certificateFilesZh.errors,
    ...certificateBoardZh.errors,
    ...clustersZh.errors,
    ...vaultClusterZh.errors,
    ...vaultAccessZh.errors,
    ...kesConfigZh.errors,
    ...kesKeysZh.errors,
    ...kesMoveZh.errors,
    ...keyStoresZh.errors,
    ...minioCopyZh.errors,
    ...minioVariablesZh.errors,
  },
  texts: {
    ...firstMessagesZh.texts,
    ...connectZh.texts,
    ...objectsZh.texts,
    ...inPlaceZh.texts,
    ...bucketsZh.texts,
    ...uploadsZh.texts,
    ...auditZh.texts,
    ...certificateFilesZh.texts,
    ...certificateBoardZh.texts,
    ...clustersZh.texts,
    ...vaultClusterZh.texts,
    ...vaultAccessZh.texts,
    ...kesConfigZh.texts,
    ...kesKeysZh.texts,
    ...kesMoveZh.texts,
    ...keyStoresZh.texts,
    ...minioCopyZh.texts,
    ...minioVariablesZh.texts,
  },
};
