import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Audit, AuditOptions, AuditScope } from '../../../shared/audit.ts';
import { Secret } from '../../../shared/secret.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import type { StackAccess } from '../../jobs/step.ts';
import type { CallContext } from '../../rpc/connection.ts';
import { createAudit } from './handlers.ts';

export const call: CallContext = { signal: new AbortController().signal, host: 'cli' };
export const stackId = 'model';

/** A stack of which only the MinIO is there: some model server. Stand-in for what no real one can be brought to. */
export function accessTo(url: string, dataFolder: string): StackAccess {
  const kept = new Map<string, Secret>([['minio.root', new Secret(JSON.stringify({ user: 'model-root', password: 'model-password' }))]]);
  const access = {
    stack: { id: stackId, name: 'Model', cas: [], minioClusters: [{ id: 'minio', nodes: [{ id: 'model', url, way: 'api' }], ca: '' }] },
    secrets: {
      get: (name: string) => kept.get(name),
      set: async (name: string, value: Secret) => void kept.set(name, value),
      requireDurable: () => undefined,
    },
    folder: { path: (relative: string) => join(dataFolder, 'stacks', stackId, relative), read: async () => undefined },
    journal: async () => undefined,
  };
  return access as unknown as StackAccess;
}

/** An engine's part for audits of a model server, in a data folder of its own. */
export async function serveAudits(url: string) {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sealdeck-audits-'));
  const errors: unknown[] = [];
  const jobs = createJobRunner(() => undefined, { info: () => undefined, error: (...words: unknown[]) => errors.push(words) });
  const audits: Audit[] = [];
  const service = createAudit({
    open: async () => accessTo(url, dataFolder),
    publish: (name, payload) => {
      if (name === 'audit.changed') audits.push(structuredClone(payload) as Audit);
    },
    jobs,
    log: { info: () => undefined, error: (...words: unknown[]) => errors.push(words) },
    dataFolder,
    isProtected: () => true,
    files: { offer: () => ({ downloadPath: '' }) },
    journalOf: async () => [],
    stackIds: async () => [stackId],
    sampleStack: () => Promise.reject(new Error('no sample here')),
  });
  const { handlers } = service;
  const start = (scope: Partial<AuditScope> = {}, options: Partial<AuditOptions> = {}) =>
    handlers['audit.start']({ stackId, scope: { prefix: '', versions: false, ...scope }, options: { verifyAll: false, ...options } }, call);
  const get = (id: string) => handlers['audit.get']({ stackId, id }, call);
  return {
    handlers,
    jobs,
    dataFolder,
    folder: join(dataFolder, 'stacks', stackId, 'audits'),
    /** What was told in `audit.changed`. */
    told: audits,
    /** What went to the log as an error. */
    errors,
    start,
    get,
    async finish(scope: Partial<AuditScope> = {}, options: Partial<AuditOptions> = {}) {
      const { id, jobId } = await start(scope, options);
      const job = await jobs.wait(jobId);
      const told = await get(id);
      return { id, job, ...told, audit: told.audit as Audit };
    },
    async until(id: string, fits: (audit: Audit) => boolean): Promise<Audit> {
      for (const end = Date.now() + 30_000; Date.now() < end; await sleep(25)) {
        const { audit } = await get(id);
        if (fits(audit as Audit)) return audit as Audit;
      }
      throw new Error('it did not come to that in time');
    },
    async close() {
      await service.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
