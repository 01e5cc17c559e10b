import { z } from 'zod';
import { type Stack, stackId } from '../../../shared/stacks.ts';
import { ownPath } from '../../jobs/clusterView.ts';

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
const minioData = 'minio/data';

/** Where MinIO keeps its objects, that of a further cluster, too; and data that a start anew moved aside. */
export function isMinioData(path: string): boolean {
  return path.replace(/^clusters\/[^/]+\//, '').startsWith(minioData);
}

/** The folders of objects, of the first cluster and of those that were added. */
export function minioDataOf(stack: Pick<Stack, 'minioClusters'>): string[] {
  return stack.minioClusters.filter(({ nodes }) => nodes.some(({ way }) => way === 'here')).map(({ id }) => ownPath(minioData, id));
}

/** Whether an archive may hold this name at all. */
export function isBackupName(name: string): boolean {
  if ((Object.values(entryNames) as string[]).includes(name)) return true;
  if (/^(?:proofs\/[\w-]+|clusters\/[a-z0-9-]+)\.json$/.test(name)) return true;
  return /^files\/(certs|vault|kes|minio|handover|connect|kes-move|buckets|clusters\/[a-z0-9-]+)(\/|$)/.test(name);
}
