import { auditEn } from './audit.messages.en.ts';
import { bucketsEn } from './buckets.messages.en.ts';
import { certificateBoardEn } from './certificateBoard.messages.en.ts';
import { certificateFilesEn } from './certificateFiles.messages.en.ts';
import { clustersEn } from './clusters.messages.en.ts';
import { connectEn } from './connect.messages.en.ts';
import { firstMessagesEn } from './firstMessages.en.ts';
import { inPlaceEn } from './inPlace.messages.en.ts';
import { kesConfigEn } from './kesConfig.messages.en.ts';
import { kesKeysEn } from './kesKeys.messages.en.ts';
import { kesMoveEn } from './kesMove.messages.en.ts';
import { keyStoresEn } from './keyStores.messages.en.ts';
import { minioCopyEn } from './minioCopy.messages.en.ts';
import { minioVariablesEn } from './minioVariables.messages.en.ts';
import { objectsEn } from './objects.messages.en.ts';
import { uploadsEn } from './uploads.messages.en.ts';
import { vaultAccessEn } from './vaultAccess.messages.en.ts';
import { vaultClusterEn } from './vaultCluster.messages.en.ts';

/** Every sentence of the product in English, by code. */
export const messagesEn = {
  errors: {
    ...firstMessagesEn.errors,
    ...connectEn.errors,
    ...objectsEn.errors,
    ...inPlaceEn.errors,
    ...bucketsEn.errors,
    ...uploadsEn.errors,
    ...auditEn.errors,
    ...certificateFilesEn.errors,
    ...certificateBoardEn.errors,
    ...clustersEn.errors,
    ...vaultClusterEn.errors,
    ...vaultAccessEn.errors,
    ...kesConfigEn.errors,
    ...kesKeysEn.errors,
    ...kesMoveEn.errors,
    ...keyStoresEn.errors,
    ...minioCopyEn.errors,
    ...minioVariablesEn.errors,
  },
  texts: {
    ...firstMessagesEn.texts,
    ...connectEn.texts,
    ...objectsEn.texts,
    ...inPlaceEn.texts,
    ...bucketsEn.texts,
    ...uploadsEn.texts,
    ...auditEn.texts,
    ...certificateFilesEn.texts,
    ...certificateBoardEn.texts,
    ...clustersEn.texts,
    ...vaultClusterEn.texts,
    ...vaultAccessEn.texts,
    ...kesConfigEn.texts,
    ...kesKeysEn.texts,
    ...kesMoveEn.texts,
    ...keyStoresEn.texts,
    ...minioCopyEn.texts,
    ...minioVariablesEn.texts,
  },
} as const;
