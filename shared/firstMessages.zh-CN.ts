import { appZh } from './app.messages.zh-CN.ts';
import { certificatesZh } from './certificates.messages.zh-CN.ts';
import type { firstMessagesEn } from './firstMessages.en.ts';
import { journalZh } from './journal.messages.zh-CN.ts';
import { kesZh } from './kes.messages.zh-CN.ts';
import { labZh } from './lab.messages.zh-CN.ts';
import { minioZh } from './minio.messages.zh-CN.ts';
import { proofZh } from './proof.messages.zh-CN.ts';
import { setupZh } from './setup.messages.zh-CN.ts';
import { stacksZh } from './stacks.messages.zh-CN.ts';
import type { SameCodes } from './text.ts';
import { vaultZh } from './vault.messages.zh-CN.ts';

export const firstMessagesZh: SameCodes<typeof firstMessagesEn> = {
  errors: {
    ...appZh.errors,
    ...stacksZh.errors,
    ...setupZh.errors,
    ...labZh.errors,
    ...certificatesZh.errors,
    ...vaultZh.errors,
    ...kesZh.errors,
    ...minioZh.errors,
    ...proofZh.errors,
    ...journalZh.errors,
  },
  texts: {
    ...appZh.texts,
    ...stacksZh.texts,
    ...setupZh.texts,
    ...labZh.texts,
    ...certificatesZh.texts,
    ...vaultZh.texts,
    ...kesZh.texts,
    ...minioZh.texts,
    ...proofZh.texts,
    ...journalZh.texts,
  },
};
