import { existsSync } from 'node:fs';
import type { Audit, AuditOptions, AuditScope } from '../../../shared/audit.ts';
import { clusterMark, sameCluster } from '../../../shared/projected.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../shared/text.ts';
import { minioEndpoint } from '../../clients/s3/forStack.ts';
import { whereOf } from '../../jobs/clusterView.ts';
import type { DomainDeps, StackAccess } from '../../jobs/step.ts';
import { newRunId } from '../../platform/runId.ts';
import type { Thread } from '../../platform/threadCalls.ts';
import type { AuditFiles } from './auditFiles.ts';
import { expectedOf } from './estimate.ts';
import { lookAround, requireBuckets } from './looking.ts';
import { noAmounts } from './progress.ts';
import { createRun, type Run } from './run.ts';
import type { StoreCalls } from './work.ts';

interface Deps extends DomainDeps {
  files: AuditFiles;
  isProtected(): boolean;
  journalOf(stackId: string, cluster?: string): Promise<string[]>;
}

interface Live {
  run: Run;
  /** Its id, a moment after the run is there. */
  job: Promise<string>;
}

export interface Runs {
  start(stackId: string, cluster: string | undefined, scope: AuditScope, options: AuditOptions): Promise<{ jobId: string; id: string }>;
  pause(stackId: string, id: string): Promise<void>;
  /** The job of a paused run goes on; any other unfinished run gets a new one. */
  resume(stackId: string, id: string): Promise<{ jobId: string }>;
  cancel(stackId: string, id: string): Promise<void>;
  /** Deletes one that does not work; `release` lets go of its file before. Throws `auditRunning`. */
  remove(stackId: string, id: string, release: () => Promise<void>): Promise<void>;
  /** As it is now: of one that works from memory, of any other from its file. */
  get(stackId: string, id: string): Promise<Audit>;
  /** Those of one MinIO cluster, the first unless named. */
  list(stackId: string, cluster?: string): ReturnType<AuditFiles['list']>;
  /** The store of a run at work, once it has one. */
  storeOf(id: string): Thread<StoreCalls> | undefined;
  /** Ends all that work; they are interrupted and can be resumed. */
  close(): Promise<void>;
}

/** The runs of all stacks: at most one at a time works in a stack. */
export function createRuns({ files, open, jobs, log, publish, isProtected, journalOf }: Deps): Runs {
  const live = new Map<string, Live>();
  /** About to go on, or to be removed: not both at once. */
  const claimed = new Set<string>();
  let closing = false;

  async function alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    if (live.has(id) || claimed.has(id)) throw new AppError('auditRunning', { id });
    claimed.add(id);
    try {
      return await work();
    } finally {
      claimed.delete(id);
    }
  }

  /** One that its engine left in the middle says so, instead of seeming to work. */
  function asItIs(audit: Audit): Audit {
    const held = live.get(audit.id)?.run.audit;
    if (held) return structuredClone(held);
    if (audit.state !== 'running' && audit.state !== 'paused' && audit.state !== 'waiting') return audit;
    return { ...audit, state: 'interrupted', waitsFor: undefined, rate: undefined, secondsLeft: undefined, inFlight: undefined };
  }

  function requireIdle(stackId: string): void {
    const held = [...live.values()].find(({ run }) => run.audit.stackId === stackId);
    if (held) throw new AppError('auditRunning', { id: held.run.audit.id });
  }

  async function end({ job }: Live): Promise<void> {
    const jobId = await job;
    jobs.cancel(jobId);
    await jobs.wait(jobId);
  }

  async function begin(access: StackAccess, audit: Audit, resumes: boolean): Promise<{ jobId: string }> {
    const endpoint = await minioEndpoint(access);
    // Between here and the job nothing waits: two calls at once cannot both find the stack idle.
    requireIdle(audit.stackId);
    const run = createRun(audit, {
      files,
      log,
      endpoint,
      closing: () => closing,
      changed: (now) => publish('audit.changed', now),
      async look(signal) {
        const { usage, ...place } = await lookAround(endpoint, audit.scope, await journalOf(audit.stackId, audit.cluster), signal);
        const { audits } = await files.list(audit.stackId);
        return { ...place, expected: expectedOf(audit.scope, place.buckets, usage, ofSame(audits, audit.cluster)) };
      },
    });
    const job = Promise.withResolvers<string>();
    job.promise.catch(() => undefined);
    live.set(audit.id, { run, job: job.promise });
    // Listed from now on, and a disk that takes nothing is told at once.
    await files.save(audit).catch((error: unknown) => {
      live.delete(audit.id);
      job.reject(error);
      throw error;
    });
    const title: Text = say('auditJob', { where: placeName(audit) });
    const { jobId } = jobs.start({
      title,
      stackId: audit.stackId,
      unit: 'objects',
      async run(report, signal) {
        try {
          await run.work(report, signal, resumes);
          return { id: audit.id };
        } finally {
          live.delete(audit.id);
        }
      },
    });
    job.resolve(jobId);
    return { jobId };
  }

  return {
    async start(stackId, cluster, scope, options) {
      requireIdle(stackId);
      const access = await open(stackId, cluster);
      const endpoint = await minioEndpoint(access);
      await requireBuckets(endpoint, scope);
      const { url, credentials } = endpoint;
      const now = new Date();
      const at = now.toISOString();
      const audit: Audit = {
        version: 1,
        id: newRunId(now),
        stackId,
        stackName: whereOf(access),
        ...clusterMark(access.cluster),
        sample: false,
        scope,
        options,
        method: 'list',
        state: 'running',
        phase: 'looking',
        startedAt: at,
        at,
        workedMs: 0,
        who: { user: '', credential: credentials.accessKey, server: url },
        protected: isProtected(),
        current: noAmounts(),
        noncurrent: noAmounts(),
        deleteMarkers: 0,
        folderMarkers: 0,
        opens: { yes: 0, no: 0, notTested: 0 },
        buckets: { done: 0, total: scope.buckets?.length ?? 0 },
        requests: 0,
        gaps: 0,
      };
      return { ...(await begin(access, audit, false)), id: audit.id };
    },

    async pause(stackId, id) {
      const held = live.get(id);
      if (!held) throw new AppError('auditNotWorking', { state: (await files.get(stackId, id)).state });
      await held.run.pause();
    },

    async resume(stackId, id) {
      const held = live.get(id);
      if (held) {
        await held.run.goOn();
        return { jobId: await held.job };
      }
      return alone(id, async () => {
        const audit = asItIs(await files.get(stackId, id));
        if (audit.state === 'finished') throw new AppError('auditFinished', { id });
        const access = await open(stackId, audit.cluster);
        const at = new Date().toISOString();
        const again: Audit = { ...audit, state: 'running', at, error: undefined, endedAt: undefined, protected: isProtected() };
        return begin(access, again, existsSync(files.pathOf(stackId, id)));
      });
    },

    async cancel(stackId, id) {
      const held = live.get(id);
      if (!held) throw new AppError('auditNotWorking', { state: (await files.get(stackId, id)).state });
      await end(held);
    },

    remove: (stackId, id, release) =>
      alone(id, async () => {
        await release();
        await files.remove(stackId, id);
      }),

    get: async (stackId, id) => asItIs(live.get(id)?.run.audit ?? (await files.get(stackId, id))),
    async list(stackId, cluster) {
      const { audits, damaged } = await files.list(stackId);
      return { audits: ofSame(audits, cluster).map(asItIs), damaged };
    },
    storeOf: (id) => live.get(id)?.run.store,

    async close() {
      closing = true;
      await Promise.allSettled([...live.values()].map(end));
    },
  };
}

function ofSame(audits: readonly Audit[], cluster: string | undefined): Audit[] {
  return audits.filter((audit) => sameCluster(audit.cluster, cluster));
}

/** What an audit is of, in names. */
function placeName({ stackName, scope }: Pick<Audit, 'stackName' | 'scope'>): string {
  const { buckets, prefix } = scope;
  if (buckets === undefined) return stackName;
  const shown = buckets.length > 3 ? `${buckets.slice(0, 3).join(', ')} …` : buckets.join(', ');
  return prefix === '' ? shown : `${shown}/${prefix}`;
}
