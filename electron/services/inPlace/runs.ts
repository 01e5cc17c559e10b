import { type InPlace, isOfNothing } from '../../../shared/inPlace.ts';
import { sameCluster } from '../../../shared/projected.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../shared/text.ts';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { minioEndpoint } from '../../clients/s3/forStack.ts';
import { createObjectClient } from '../../clients/s3/objectClient.ts';
import type { DomainDeps, StackAccess } from '../../jobs/step.ts';
import { createThrottle } from '../../platform/throttle.ts';
import type { InPlaceFiles } from './files.ts';
import { assumedSeconds } from './planned.ts';
import { atOnce, createRun, journalOf, type Run } from './run.ts';
import { RunFile } from './store.ts';

interface Live {
  stackId: string;
  about: InPlace;
  jobId: string;
  /** Absent while it is planned. */
  run?: Run;
  file: RunFile;
}

export interface Runs {
  /** A run that is about to be worked on, by `work`; its file is open as long as that takes. */
  begin(
    about: InPlace,
    file: RunFile,
    work: (live: Live, jobSignal: AbortSignal, report: Parameters<Run['work']>[0]) => Promise<void>,
    title: Text,
  ): { jobId: string };
  /** Works on a plan, from its beginning or where it stopped. */
  work(access: StackAccess, id: string, from: readonly InPlace['state'][], change: (about: InPlace) => void): Promise<{ jobId: string }>;
  /** Throws `inPlaceUnknown` for one of another stack. */
  live(stackId: string, id: string): Live | undefined;
  /** As it is now. Throws `inPlaceUnknown`, `inPlaceFileDamaged`. */
  get(stackId: string, id: string): Promise<InPlace>;
  /** Those of one MinIO cluster, the first unless named. */
  list(stackId: string, cluster?: string): Promise<InPlace[]>;
  /** Removes plans and runs of no object, but for those that nobody has looked at since they were made. */
  forgetNothings(stackId: string): Promise<void>;
  /** Reads or changes the file of one, whether it works or not. */
  use<T>(stackId: string, id: string, use: (file: RunFile) => T): T;
  end(id: string): Promise<void>;
  changed(about: InPlace): void;
  /** How many times the assumed time an earlier run took. */
  paceOf(stackId: string, cluster: string | undefined): Promise<number | undefined>;
  close(): Promise<void>;
}

const publishEveryMs = 100;
/** Fewer objects tell nothing of a pace. */
const enough = 50;

/** All runs: those at work in memory, the others in their files. At most one of a stack works. */
export function createRuns({ files, publish, jobs, log }: DomainDeps & { files: InPlaceFiles }): Runs {
  const live = new Map<string, Live>();
  /** Whoever made them still comes for what they say. */
  const untold = new Set<string>();
  const throttle = createThrottle(publishEveryMs, (error, id) => log.error('inPlace.tell', { id, error }));
  let closing = false;

  function tell(about: InPlace): void {
    throttle.drop(about.id);
    publish('inPlace.changed', structuredClone(about));
  }

  /** At most ten a second of each run, the last one always. */
  function changed(about: InPlace): void {
    throttle.soon(about.id, () => tell(about));
  }

  function liveOf(stackId: string, id: string): Live | undefined {
    const held = live.get(id);
    if (held && held.stackId !== stackId) throw new AppError('inPlaceUnknown', { id });
    return held;
  }

  function use<T>(stackId: string, id: string, work: (file: RunFile) => T): T {
    const held = liveOf(stackId, id);
    if (held) return work(held.file);
    const file = RunFile.open(files.pathOf(stackId, id));
    try {
      return work(file);
    } finally {
      file.close();
    }
  }

  /** One that its engine left in the middle says so, with the counts of its rows. */
  function asItIs(file: RunFile): InPlace {
    const about = file.about();
    if (about.state !== 'running' && about.state !== 'paused') return about;
    const { waitsFor: _waitsFor, rate: _rate, secondsLeft: _left, ...rest } = about;
    return { ...rest, ...file.totals(), state: 'interrupted' };
  }

  async function read(stackId: string, id: string): Promise<InPlace> {
    const held = liveOf(stackId, id);
    return held ? structuredClone(held.about) : use(stackId, id, asItIs);
  }

  const begin: Runs['begin'] = (about, file, work, title) => {
    const held: Live = { stackId: about.stackId, about, jobId: '', file };
    live.set(about.id, held);
    if (about.state === 'planning') untold.add(about.id);
    const { jobId } = jobs.start({
      title,
      stackId: about.stackId,
      unit: 'objects',
      async run(report, signal) {
        try {
          await work(held, signal, report);
          return { id: about.id };
        } finally {
          live.delete(about.id);
          file.close();
        }
      },
    });
    held.jobId = jobId;
    return { jobId };
  };

  async function list(stackId: string): Promise<InPlace[]> {
    const found: InPlace[] = [];
    for (const id of await files.ids(stackId)) {
      try {
        const about = await read(stackId, id);
        // Its engine ended while it looked: there is nothing in it to go on with.
        if (about.state === 'planning' && !live.has(id)) await files.remove(stackId, id);
        else found.push(about);
      } catch (error) {
        // A file that is no run any more hides no other.
        if (!isAppError(error)) throw error;
      }
    }
    return found;
  }

  return {
    begin,
    changed,
    use,
    async get(stackId, id) {
      if (!live.has(id)) untold.delete(id);
      return read(stackId, id);
    },
    live: liveOf,
    list: async (stackId, cluster) => (await list(stackId)).filter((run) => sameCluster(run.cluster, cluster)),

    async forgetNothings(stackId) {
      for (const { id } of (await list(stackId)).filter(isOfNothing)) {
        if (live.has(id) || untold.has(id)) continue;
        try {
          await files.remove(stackId, id);
        } catch (error) {
          // Its window was quicker.
          if (!isAppError(error, 'inPlaceUnknown')) throw error;
        }
        publish('inPlace.removed', { stackId, id });
      }
    },

    async work(access, id, from, change) {
      const stackId = access.stack.id;
      const endpoint = await minioEndpoint(access);
      // From here to its place among the live ones nothing waits: two that come at once must not both begin.
      const busy = [...live.values()].find((held) => held.stackId === stackId && held.run !== undefined);
      if (busy) throw new AppError('inPlaceRunning', { id: busy.about.id });
      const about = structuredClone(liveOf(stackId, id)?.about ?? use(stackId, id, asItIs));
      if (!from.includes(about.state)) throw new AppError('inPlaceNotNow', { id, state: about.state });
      const now = new Date().toISOString();
      change(about);
      Object.assign(about, { state: 'running', at: now, startedAt: about.startedAt ?? now });
      for (const old of ['error', 'waitsFor', 'endedAt'] as const) delete about[old];
      const file = RunFile.open(files.pathOf(stackId, id));
      Object.assign(about, file.totals());
      const client = createObjectClient(endpoint, { connections: atOnce.current + 8 });
      const run = createRun(about, { file, client, keys: customerKeysOf(access), changed });
      const where = file.buckets.map(({ name }) => name).join(', ');
      const started = begin(
        about,
        file,
        async (held, signal, report) => {
          held.run = run;
          try {
            file.save(about);
            tell(about);
            await access.journal(
              say('inPlaceJournalStart', { id, where, objects: about.total - about.done, mode: `@cli.inPlace.mode.${about.mode}` }),
            );
            await run.work(report, signal);
            about.state = 'ended';
          } catch (error) {
            about.state = signal.aborted ? (closing ? 'interrupted' : 'cancelled') : 'failed';
            if (about.state === 'failed' && isAppError(error)) about.error = error.frame;
            throw error;
          } finally {
            delete about.waitsFor;
            about.endedAt = about.at = new Date().toISOString();
            await client.close();
            try {
              file.save(about);
            } finally {
              tell(about);
            }
            await access.journal(journalOf(about));
          }
        },
        say('inPlaceJob', { where }),
      );
      const held = live.get(id);
      if (held) held.run = run;
      return started;
    },

    async end(id) {
      const held = live.get(id);
      if (!held) return;
      jobs.cancel(held.jobId);
      await jobs.wait(held.jobId);
    },

    async paceOf(stackId, wanted) {
      for (const id of await files.ids(stackId)) {
        const pace = orUndefined(() =>
          use(stackId, id, (file) => {
            const { cluster, done, doneBytes, mode, atMostPerSecond } = { ...file.about(), ...file.totals() };
            // One that was held back tells nothing of how fast the server is.
            if (atMostPerSecond !== undefined || !sameCluster(cluster, wanted)) return undefined;
            const { workedMs } = file;
            return done < enough || workedMs < 1000 ? undefined : workedMs / 1000 / assumedSeconds(done, doneBytes, mode);
          }),
        );
        if (pace !== undefined) return pace;
      }
      return undefined;
    },

    async close() {
      closing = true;
      await Promise.allSettled(
        [...live.values()].map(async ({ jobId }) => {
          jobs.cancel(jobId);
          await jobs.wait(jobId);
        }),
      );
    },
  };
}

/** A file that is no run any more says nothing of the pace, and hinders no plan. */
function orUndefined<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}
