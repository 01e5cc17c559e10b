import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EncryptionChoice } from '../../../shared/encryption.ts';
import type { JobSnapshot } from '../../../shared/jobs.ts';
import type { Text } from '../../../shared/text.ts';
import { type Upload, type UploadItem, upload as uploadForm, uploadItem } from '../../../shared/uploads.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { createFileStore } from '../../platform/files.ts';
import type { CallContext } from '../../rpc/connection.ts';
import { createUploads } from './handlers.ts';
import type { UploadsDeps } from './uploads.ts';

export const call: CallContext = { signal: new AbortController().signal, host: 'cli' };
const stackId = 'test';

/** An engine's part for uploads to a real stack, in a data folder of its own, which outlives one service. */
export async function serveUploads(access: StackAccess, given?: string, patience?: UploadsDeps['patience']) {
  const dataFolder = given ?? (await mkdtemp(join(tmpdir(), 'sealdeck-uploads-')));
  const errors: unknown[] = [];
  const log = { info: () => undefined, error: (...words: unknown[]) => void errors.push(words) };
  const jobs = createJobRunner(() => undefined, log);
  const files = createFileStore();
  const seen: Upload[] = [];
  const journal: Text[] = [];
  const service = createUploads({
    open: async () => ({
      stack: access.stack,
      update: access.update,
      secrets: access.secrets,
      folder: access.folder,
      servers: access.servers,
      journal: async (action) => void journal.push(action),
    }),
    publish: (name, payload) => {
      if (name === 'uploads.changed') seen.push(structuredClone(payload) as Upload);
    },
    jobs,
    log,
    dataFolder,
    files,
    ...(patience ? { patience } : {}),
  });
  const { handlers } = service;
  const get = async (id: string): Promise<Upload> => {
    const found = (await handlers['uploads.list']({ stackId }, call)).uploads.find((one) => one.id === id);
    if (!found) throw new Error(`no upload ${id}`);
    return uploadForm.parse(found);
  };
  const wait = async ({ jobId }: { jobId: string }): Promise<JobSnapshot> => jobs.wait(jobId);

  return {
    dataFolder,
    handlers,
    jobs,
    files,
    errors,
    seen,
    journal,
    get,
    wait,
    stackId,
    unfinished: () => service.unfinished(stackId),
    async stage(bucket: string, prefix = ''): Promise<string> {
      return (await handlers['uploads.stage']({ stackId, bucket, prefix }, call)).id;
    },
    addPaths: (id: string, paths: string[]) => handlers['uploads.addPaths']({ stackId, id, paths }, call),
    start: (id: string, choice: EncryptionChoice, onConflict: 'skip' | 'replace' = 'skip') =>
      handlers['uploads.start']({ stackId, id, choice, onConflict }, call),
    resume: (id: string, more: { choice?: EncryptionChoice; again?: boolean } = {}) =>
      handlers['uploads.resume']({ stackId, id, again: false, ...more }, call),
    async items(id: string, states?: UploadItem['state'][]): Promise<UploadItem[]> {
      const view = { stackId, id, conflicts: false, offset: 0, limit: 500, ...(states ? { states } : {}) };
      return (await handlers['uploads.items'](view, call)).items.map((item) => uploadItem.parse(item));
    },
    /** Waits until something is true of an upload. */
    async until(id: string, is: (upload: Upload) => boolean): Promise<Upload> {
      for (;;) {
        const upload = await get(id);
        if (is(upload)) return upload;
        await sleep(20);
      }
    },
    /** A window that holds these files: takes what is wanted and sends it, until it is closed or has sent `most` pieces. */
    window(id: string, contents: ReadonlyMap<number, Buffer>, most = Number.POSITIVE_INFINITY) {
      const controller = new AbortController();
      const taken: { n: number; from: number; to: number }[] = [];
      const work = async (): Promise<void> => {
        while (!controller.signal.aborted && taken.length < most) {
          const atMost = Math.min(8, most - taken.length);
          const { pieces, phase } = await handlers['uploads.take']({ stackId, id, atMost }, { host: 'browser', signal: controller.signal });
          if (phase !== 'running' && pieces.length === 0) await sleep(20);
          await Promise.all(
            pieces.map(async ({ n, from, to, uploadPath }) => {
              taken.push({ n, from, to });
              const bytes = contents.get(n)?.subarray(from, to) ?? Buffer.alloc(0);
              await files.receive(uploadPath.replace('/upload/', ''), Readable.from([bytes])).catch(() => undefined);
            }),
          );
        }
      };
      const done = work();
      return {
        taken,
        async close() {
          controller.abort();
          await done;
        },
      };
    },
    async stop(keep = false): Promise<void> {
      await service.close();
      files.close();
      if (!keep) await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
export type ServedUploads = Awaited<ReturnType<typeof serveUploads>>;
