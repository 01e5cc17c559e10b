import { appZh } from './app.messages.zh-CN.ts';
import { auditZh } from './audit.messages.zh-CN.ts';
import { certificatesZh } from './certificates.messages.zh-CN.ts';
import { connectZh } from './connect.messages.zh-CN.ts';
import { journalZh } from './journal.messages.zh-CN.ts';
import { kesZh } from './kes.messages.zh-CN.ts';
import { labZh } from './lab.messages.zh-CN.ts';
import type { messagesEn } from './messages.en.ts';
import { minioZh } from './minio.messages.zh-CN.ts';
import { objectsZh } from './objects.messages.zh-CN.ts';
import { proofZh } from './proof.messages.zh-CN.ts';
import { setupZh } from './setup.messages.zh-CN.ts';
import { stacksZh } from './stacks.messages.zh-CN.ts';
import type { SameCodes } from './text.ts';
import { vaultZh } from './vault.messages.zh-CN.ts';

/** The same in Chinese: a code that is missing here does not compile. */
export const messagesZh: SameCodes<typeof messagesEn> = {
  errors: {
    ...appZh.errors,
    ...stacksZh.errors,
    ...setupZh.errors,
    ...connectZh.errors,
    ...labZh.errors,
    ...certificatesZh.errors,
    ...vaultZh.errors,
    ...kesZh.errors,
    ...minioZh.errors,
    ...objectsZh.errors,
    ...proofZh.errors,
    ...auditZh.errors,
    ...journalZh.errors,
  },
  texts: {
    ...appZh.texts,
    ...stacksZh.texts,
    ...setupZh.texts,
    ...connectZh.texts,
    ...labZh.texts,
    ...certificatesZh.texts,
    ...vaultZh.texts,
    ...kesZh.texts,
    ...minioZh.texts,
    ...objectsZh.texts,
    ...proofZh.texts,
    ...auditZh.texts,
    ...journalZh.texts,
  },
};
