import { appEn } from './app.messages.en.ts';
import { certificatesEn } from './certificates.messages.en.ts';
import { journalEn } from './journal.messages.en.ts';
import { kesEn } from './kes.messages.en.ts';
import { labEn } from './lab.messages.en.ts';
import { minioEn } from './minio.messages.en.ts';
import { proofEn } from './proof.messages.en.ts';
import { setupEn } from './setup.messages.en.ts';
import { stacksEn } from './stacks.messages.en.ts';
import { vaultEn } from './vault.messages.en.ts';

/** The sentences of what Overview shows. Those of the other domains are loaded with their pages: renderer/locales/language.ts. */
export const firstMessagesEn = {
  errors: {
    ...appEn.errors,
    ...stacksEn.errors,
    ...setupEn.errors,
    ...labEn.errors,
    ...certificatesEn.errors,
    ...vaultEn.errors,
    ...kesEn.errors,
    ...minioEn.errors,
    ...proofEn.errors,
    ...journalEn.errors,
  },
  texts: {
    ...appEn.texts,
    ...stacksEn.texts,
    ...setupEn.texts,
    ...labEn.texts,
    ...certificatesEn.texts,
    ...vaultEn.texts,
    ...kesEn.texts,
    ...minioEn.texts,
    ...proofEn.texts,
    ...journalEn.texts,
  },
} as const;
