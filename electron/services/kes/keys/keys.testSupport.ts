import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyTests } from '../../../../shared/kesKeys.ts';
import { keyTests } from '../../../../shared/kesKeys.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { vaultTokenFor } from '../../../clients/vault/forStack.ts';
import { createJobRunner } from '../../../jobs/jobRunner.ts';
import type { StepContext } from '../../../jobs/step.ts';
import type { Log } from '../../../platform/log.ts';
import { makeCertificate } from '../../certificates/build.ts';
import type { AuditedKeys, KesKeysDeps } from './deps.ts';
import { createKesKeys } from './handlers.ts';

const log: Log = { info: () => undefined, error: (event, fields) => console.error(event, fields) };
export const call = { signal: new AbortController().signal, host: 'cli' as const };
export const stackId = 'test';
export const nothingAudited: AuditedKeys = { keys: [], buckets: 0, notSeen: [] };

/** The procedures of this domain on a test's stack. `audited` is asked for at each call. */
export async function keysOf(context: StepContext, audited: () => AuditedKeys = () => nothingAudited, more: Partial<KesKeysDeps> = {}) {
  const dataFolder = more.dataFolder ?? (await mkdtemp(join(tmpdir(), 'sealdeck-keys-')));
  const jobs = createJobRunner(() => undefined, log);
  const { handlers } = createKesKeys({
    open: async () => context,
    publish: () => undefined,
    jobs,
    log,
    auditedKeys: async () => audited(),
    vaultToken: vaultTokenFor,
    selfSigned: (use, key, commonName) =>
      makeCertificate({ use, subject: { commonName }, days: 2, hosts: use === 'server' ? ['127.0.0.1'] : [], key }),
    ...more,
    dataFolder,
  });
  async function done(started: Promise<{ jobId: string }>): Promise<unknown> {
    const job = await jobs.wait((await started).jobId);
    if (job.error) throw AppError.of(job.error);
    return job.result;
  }
  return {
    handlers,
    jobs,
    dataFolder,
    done,
    row: async (name: string) => {
      const { rows } = await handlers['kes.keyRows']({ stackId, names: [name] }, call);
      const [row] = rows;
      if (!row) throw new Error(`no row of ${name}`);
      return row;
    },
    test: async (names?: string[]): Promise<KeyTests> =>
      keyTests.parse(await done(handlers['kes.testKeys']({ stackId, ...(names ? { names } : {}) }, call))),
    remove: () => rm(dataFolder, { recursive: true, force: true }),
  };
}
export type TestKeys = Awaited<ReturnType<typeof keysOf>>;
