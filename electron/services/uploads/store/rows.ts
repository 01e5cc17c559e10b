import type { SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import { encryptionChoice } from '../../../../shared/encryption.ts';
import { bucketName, bucketRule } from '../../../../shared/minio.ts';
import { objectState } from '../../../../shared/objects.ts';
import { errorFrame } from '../../../../shared/rpc/frames.ts';
import { clusterId, stackId } from '../../../../shared/stacks.ts';
import { text } from '../../../../shared/text.ts';
import { type itemState, onConflict, type UploadItem, uploadId, uploadItem, uploadPhase } from '../../../../shared/uploads.ts';

export type ItemState = z.infer<typeof itemState>;

/** States by their number in the file: only ever added to at the end. */
export const states: readonly ItemState[] = ['waits', 'sending', 'checking', 'done', 'alarm', 'failed', 'skipped', 'refused', 'cancelled'];

/** What is known of the upload as a whole, beside its items. */
export const head = z.object({
  version: z.literal(1),
  id: uploadId,
  stackId,
  cluster: clusterId.optional(),
  bucket: bucketName,
  prefix: z.string(),
  phase: uploadPhase,
  source: z.enum(['window', 'disk']),
  choice: encryptionChoice,
  meant: objectState.optional(),
  /** The bucket's rule when it was started, for words about an alarm. */
  rule: bucketRule.optional(),
  onConflict,
  /** Names were looked up at the target. */
  looked: z.boolean(),
  needsFiles: z.boolean(),
  alarm: z.object({ n: z.int(), why: text }).optional(),
  error: errorFrame.optional(),
  startedAt: z.string().optional(),
  at: z.string(),
});
export type Head = z.infer<typeof head>;

/** What few items have lies together in one column. */
const rest = uploadItem.pick({
  exists: true,
  landed: true,
  versionId: true,
  checksum: true,
  error: true,
  warning: true,
  endedAt: true,
});
type Rest = z.infer<typeof rest> & Pick<Row, 'begunAt' | 'ours'>;

export interface Row extends UploadItem {
  modified: number | undefined;
  type: string | undefined;
  /** Of this machine; absent: a window gives the bytes. */
  file: string | undefined;
  /** A window that lives has it, or the disk. */
  held: boolean;
  /** May have been sent before, though nothing more is known of it. */
  begun: boolean;
  /** Upload id at the server, while its parts are there. */
  multipart: string | undefined;
  /** When the server was asked for one; ISO. */
  begunAt?: string | undefined;
  /** What lies under the name landed from here, and otherwise than meant: sent again, it may be replaced. */
  ours?: boolean | undefined;
  partSize: number | undefined;
}

export interface NewItem {
  path: string;
  key: string;
  size: number;
  modified?: number | undefined;
  type?: string | undefined;
  file?: string | undefined;
  /** Absent: it waits. */
  error?: UploadItem['error'];
  warning?: UploadItem['warning'];
}

export const columns = 'n, path, key, size, modified, type, file, state, held, sent, begun, multipart, partSize, rest';

export function rowOf(raw: Record<string, SQLOutputValue>): Row {
  const optional = <T>(value: SQLOutputValue | undefined, as: (value: SQLOutputValue) => T): T | undefined =>
    value === null || value === undefined ? undefined : as(value);
  return {
    n: Number(raw.n),
    path: String(raw.path),
    key: String(raw.key),
    size: Number(raw.size),
    modified: optional(raw.modified, Number),
    type: optional(raw.type, String),
    file: optional(raw.file, String),
    state: states[Number(raw.state)] ?? 'failed',
    held: raw.held === 1,
    sent: Number(raw.sent),
    begun: raw.begun === 1,
    multipart: optional(raw.multipart, String),
    partSize: optional(raw.partSize, Number),
    ...(JSON.parse(String(raw.rest)) as Rest),
  };
}

export function restOf({ exists, landed, versionId, checksum, error, warning, endedAt, begunAt, ours }: Rest): string {
  return JSON.stringify({ exists, landed, versionId, checksum, error, warning, endedAt, begunAt, ours });
}

/** Without what is nobody's business outside: paths of this machine, upload ids. */
export function itemOf(row: Row): UploadItem {
  return uploadItem.parse({ ...row, ...(row.state === 'waits' && !row.held ? { missing: true } : {}) });
}

/** Names that a disk or a person may take for the same: one form, one case. */
export function foldedName(key: string): string {
  return key.normalize('NFC').toLowerCase();
}
