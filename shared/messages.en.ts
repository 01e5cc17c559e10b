import { appEn } from './app.messages.en.ts';
import { auditEn } from './audit.messages.en.ts';
import { bucketsEn } from './buckets.messages.en.ts';
import { certificateBoardEn } from './certificateBoard.messages.en.ts';
import { certificateFilesEn } from './certificateFiles.messages.en.ts';
import { certificatesEn } from './certificates.messages.en.ts';
import { connectEn } from './connect.messages.en.ts';
import { inPlaceEn } from './inPlace.messages.en.ts';
import { journalEn } from './journal.messages.en.ts';
import { kesEn } from './kes.messages.en.ts';
import { kesConfigEn } from './kesConfig.messages.en.ts';
import { kesKeysEn } from './kesKeys.messages.en.ts';
import { kesMoveEn } from './kesMove.messages.en.ts';
import { keyStoresEn } from './keyStores.messages.en.ts';
import { labEn } from './lab.messages.en.ts';
import { minioEn } from './minio.messages.en.ts';
import { minioCopyEn } from './minioCopy.messages.en.ts';
import { minioVariablesEn } from './minioVariables.messages.en.ts';
import { objectsEn } from './objects.messages.en.ts';
import { proofEn } from './proof.messages.en.ts';
import { setupEn } from './setup.messages.en.ts';
import { stacksEn } from './stacks.messages.en.ts';
import { uploadsEn } from './uploads.messages.en.ts';
import { vaultEn } from './vault.messages.en.ts';
import { vaultAccessEn } from './vaultAccess.messages.en.ts';
import { vaultClusterEn } from './vaultCluster.messages.en.ts';

/** Every sentence of the product in English, by code. Windows load only the language that they show. */
export const messagesEn = {
  errors: {
    ...appEn.errors,
    ...stacksEn.errors,
    ...setupEn.errors,
    ...connectEn.errors,
    ...labEn.errors,
    ...certificatesEn.errors,
    ...vaultEn.errors,
    ...kesEn.errors,
    ...minioEn.errors,
    ...objectsEn.errors,
    ...inPlaceEn.errors,
    ...bucketsEn.errors,
    ...uploadsEn.errors,
    ...proofEn.errors,
    ...auditEn.errors,
    ...certificateFilesEn.errors,
    ...certificateBoardEn.errors,
    ...vaultClusterEn.errors,
    ...vaultAccessEn.errors,
    ...kesConfigEn.errors,
    ...kesKeysEn.errors,
    ...kesMoveEn.errors,
    ...keyStoresEn.errors,
    ...minioCopyEn.errors,
    ...minioVariablesEn.errors,
    ...journalEn.errors,
  },
  texts: {
    ...appEn.texts,
    ...stacksEn.texts,
    ...setupEn.texts,
    ...connectEn.texts,
    ...labEn.texts,
    ...certificatesEn.texts,
    ...vaultEn.texts,
    ...kesEn.texts,
    ...minioEn.texts,
    ...objectsEn.texts,
    ...inPlaceEn.texts,
    ...bucketsEn.texts,
    ...uploadsEn.texts,
    ...proofEn.texts,
    ...auditEn.texts,
    ...certificateFilesEn.texts,
    ...certificateBoardEn.texts,
    ...vaultClusterEn.texts,
    ...vaultAccessEn.texts,
    ...kesConfigEn.texts,
    ...kesKeysEn.texts,
    ...kesMoveEn.texts,
    ...keyStoresEn.texts,
    ...minioCopyEn.texts,
    ...minioVariablesEn.texts,
    ...journalEn.texts,
  },
} as const;
