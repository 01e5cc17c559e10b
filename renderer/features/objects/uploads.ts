import type { JobSnapshot } from '../../../shared/jobs.ts';
import { type ObjectRow, objectRow } from '../../../shared/objects.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Client } from '../../rpc/client.ts';
import { announceFile, sendFile } from '../../rpc/files.ts';

type Failure = { readonly code: string; readonly details?: Readonly<Record<string, string | number>> | undefined };

/** One file on its way. `row` is how the server says it landed. */
export interface UploadItem {
  readonly id: number;
  readonly file: File;
  readonly key: string;
  readonly state: 'waits' | 'runs' | 'done' | 'failed' | 'cancelled';
  readonly sent: number;
  readonly row?: ObjectRow;
  readonly error?: Failure;
  readonly endedAt?: string;
}

/** A set of files for one place. `staged`: nothing is sent until the target was seen. `paused`: one landed otherwise than meant. */
export interface Upload {
  readonly stackId: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly phase: 'staged' | 'running' | 'paused' | 'ended';
  readonly items: readonly UploadItem[];
}

/** Uploads outlive the page: leaving Objects does not stop them, closing the window does. */
let upload: Upload | undefined;
let stopCurrent: (() => void) | undefined;
let lastId = 0;
const listeners = new Set<() => void>();

export const currentUpload = (): Upload | undefined => upload;
export function onUpload(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(next: Upload | undefined): void {
  upload = next;
  for (const listener of [...listeners]) listener();
}

function changeItem(id: number, part: Partial<UploadItem>): void {
  if (upload) change({ ...upload, items: upload.items.map((item) => (item.id === id ? { ...item, ...part } : item)) });
}

/** Puts files in the tray. While others are on their way to the same place they join them, to another place they are refused. */
export function stageFiles(stackId: string, bucket: string, prefix: string, files: readonly { file: File; path: string }[]): boolean {
  const items = files.map(({ file, path }): UploadItem => ({ id: ++lastId, file, key: `${prefix}${path}`, state: 'waits', sent: 0 }));
  const busy = upload !== undefined && upload.phase !== 'ended';
  if (!busy) {
    change({ stackId, bucket, prefix, phase: 'staged', items });
    return true;
  }
  if (upload?.stackId !== stackId || upload.bucket !== bucket || upload.prefix !== prefix) return false;
  change({ ...upload, items: [...upload.items, ...items] });
  return true;
}

export function closeTray(): void {
  if (upload?.phase === 'staged' || upload?.phase === 'ended') change(undefined);
}

/** What waits is not sent; what is being sent stops. */
export function cancelUploads(): void {
  if (!upload) return;
  const items = upload.items.map((item): UploadItem => (item.state === 'waits' ? { ...item, state: 'cancelled' } : item));
  change({ ...upload, phase: upload.phase === 'running' && stopCurrent ? 'running' : 'ended', items });
  stopCurrent?.();
}

/** Sends what waits, one file after the other, until all ended or one landed otherwise than the rule says. */
export async function runUploads(client: Client): Promise<void> {
  if (!upload || upload.phase === 'running') return;
  change({ ...upload, phase: 'running' });
  for (let item = next(); item; item = next()) {
    const { stackId, bucket } = upload;
    changeItem(item.id, { state: 'runs', sent: 0 });
    const ended = await sendOne(client, stackId, bucket, item);
    changeItem(item.id, { ...ended, endedAt: new Date().toISOString() });
    if (ended.error?.code === 'objectLandedDifferently' && next()) {
      if (upload) change({ ...upload, phase: 'paused' });
      return;
    }
  }
  if (upload) change({ ...upload, phase: 'ended' });
}

function next(): UploadItem | undefined {
  return upload?.items.find(({ state }) => state === 'waits');
}

/** How long the job may still take to say why, after the sending of the bytes has failed. */
const reasonMs = 5_000;

async function sendOne(client: Client, stackId: string, bucket: string, { id, file, key }: UploadItem): Promise<Partial<UploadItem>> {
  const abort = new AbortController();
  const seen = new Map<string, JobSnapshot>();
  let jobId: string | undefined;
  let ended: (job: JobSnapshot) => void = () => undefined;
  const end = new Promise<JobSnapshot>((resolve) => {
    ended = resolve;
  });
  const take = (job: JobSnapshot): void => {
    seen.set(job.id, job);
    if (job.id !== jobId) return;
    if (job.state === 'running') changeItem(id, { sent: job.done });
    else ended(job);
  };
  const off = client.on('jobs.changed', take);
  stopCurrent = () => {
    abort.abort();
    if (jobId !== undefined) client.call('jobs.cancel', { id: jobId }).catch(() => undefined);
  };
  try {
    const { token, uploadPath } = await announceFile(client, file);
    jobId = (await client.call('objects.upload', { stackId, bucket, key, file: token })).jobId;
    // The job may have ended before its id was known here.
    const early = seen.get(jobId);
    if (early) take(early);
    try {
      await sendFile(uploadPath, file, abort.signal);
    } catch (error) {
      const job = await Promise.race([end, new Promise<undefined>((resolve) => setTimeout(resolve, reasonMs))]);
      if (!job) throw error;
    }
    return outcome(await end, file.size);
  } catch (error) {
    if (abort.signal.aborted) return { state: 'cancelled' };
    const failure: Failure = error instanceof AppError ? error : { code: 'uploadStopped', details: { name: file.name } };
    return { state: 'failed', error: { code: failure.code, details: failure.details } };
  } finally {
    stopCurrent = undefined;
    off();
  }
}

function outcome(job: JobSnapshot, size: number): Partial<UploadItem> {
  if (job.state === 'cancelled' || job.error?.code === 'cancelled') return { state: 'cancelled' };
  if (job.error) return { state: 'failed', error: job.error };
  const row = objectRow.safeParse(job.result);
  return row.success
    ? { state: 'done', sent: size, row: row.data }
    : { state: 'failed', error: { code: 'internal', details: { incident: '-' } } };
}
