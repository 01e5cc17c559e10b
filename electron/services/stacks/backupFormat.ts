import { z } from 'zod';
import { stackId } from '../../../shared/stacks.ts';

/** First in the archive: what this is, before anything is believed. */
const backupHead = z.object({
  format: z.literal('sealdeck-backup'),
  version: z.literal(1),
  stackId,
  name: z.string(),
  madeAt: z.string(),
  /** Vault's data: a snapshot of raft storage, the files as they lie, or not in the backup. */
  vault: z.enum(['snapshot', 'files', 'none']),
  objects: z.boolean(),
});
export type BackupHead = z.infer<typeof backupHead>;
export const backupHeadForm = { version: 1, schema: backupHead };

/** Last in the archive: every entry before it, so that a missing or altered one is found. */
const backupManifest = z.object({
  version: z.literal(1),
  parts: z.array(z.object({ path: z.string(), bytes: z.int().nonnegative(), sha256: z.string(), mode: z.int() })),
});
export const backupManifestForm = { version: 1, schema: backupManifest };

const backupSecrets = z.object({ version: z.literal(1), secrets: z.record(z.string(), z.string()) });
export const backupSecretsForm = { version: 1, schema: backupSecrets };

export const entryNames = {
  head: 'backup.json',
  manifest: 'manifest.json',
  stack: 'stack.json',
  setup: 'setup.json',
  journal: 'journal.jsonl',
  secrets: 'secrets.json',
  snapshot: 'vault.snapshot',
} as const;

export const vaultData = 'vault/data';
export const minioData = 'minio/data';

/** Whether an archive may hold this name at all. */
export function isBackupName(name: string): boolean {
  if ((Object.values(entryNames) as string[]).includes(name)) return true;
  return /^proofs\/[\w-]+\.json$/.test(name) || /^files\/(certs|vault|kes|minio|handover|connect)(\/|$)/.test(name);
}
