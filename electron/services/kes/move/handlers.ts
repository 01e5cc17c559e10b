import type { kesMoveProcedures, MoveStanding } from '../../../../shared/kesMove.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../../shared/text.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import type { DomainDeps, StackAccess } from '../../../jobs/step.ts';
import { kesOf } from '../../../jobs/ways.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import { readDeployment } from './deployment.ts';
import { commandsFor } from './handed.ts';
import { lookAround } from './look.ts';
import { makeStack, type StackMaking } from './makeStack.ts';
import { endOld, whoAnswers } from './oldServer.ts';
import { readOldStart } from './oldStart.ts';
import { planMove } from './plan.ts';
import { cross, moveBack, moveToTrial, steps } from './run.ts';
import { readMove, writeMove } from './state.ts';

export interface KesMove {
  handlers: DomainHandlers<typeof kesMoveProcedures>;
  /** Ends the old server that was started or put back for this stack, if one runs. */
  endOldServer(stackId: string): Promise<void>;
}

const titles = { trial: say('kesMoveJobTrial'), cross: say('kesMoveJobCross'), back: say('kesMoveJobBack') } as const;
const titleCodes: readonly string[] = Object.values(titles).map(({ code }) => code);

/** The way from an old KES to today's: planned, tried, crossed, or taken back. */
export function createKesMove(deps: DomainDeps & StackMaking): KesMove {
  const { open, jobs } = deps;

  const running = (stackId: string): string | undefined =>
    jobs.running().find((job) => job.stackId === stackId && titleCodes.includes(job.title.code))?.id;

  function begin(
    stackId: string,
    what: keyof typeof titles,
    run: (access: StackAccess, report: Report, signal: AbortSignal) => Promise<object>,
  ): { jobId: string } {
    if (running(stackId) !== undefined) throw new AppError('kesMoveBusy');
    return jobs.start({
      title: titles[what] as Text,
      stackId,
      total: steps[what],
      run: async (report, signal) => run(await open(stackId), report, signal),
    });
  }

  async function standing(stackId: string): Promise<MoveStanding> {
    const access = await open(stackId);
    const state = await readMove(access.folder);
    const jobId = running(stackId);
    if (state === undefined) return { phase: 'none', answers: 'unknown', evidence: [] };
    const { phase, source, crossedAt, backAt, evidence } = state;
    const base: MoveStanding = {
      phase,
      source,
      answers: 'unknown',
      evidence,
      ...(crossedAt === undefined ? {} : { crossedAt }),
      ...(backAt === undefined ? {} : { backAt }),
      ...(jobId === undefined ? {} : { jobId }),
    };
    try {
      const deployment = await readDeployment(source);
      const answers = await whoAnswers(access, deployment);
      const waitsFor = source.way === 'handedOver' ? { waitsFor: commandsFor(deployment) } : {};
      // Somebody started the old program again: each write on either side makes it worse.
      const side = answers === 'old' && crossedAt !== undefined;
      return { ...base, ...waitsFor, answers, ...(side ? { error: new AppError('kesMoveOldAnswers').frame } : {}) };
    } catch (error) {
      if (!isAppError(error)) throw error;
      // What has moved needs its old files no more.
      const archived = phase === 'moved' && (error.code === 'kesMoveFile' || error.code === 'kesMoveCertificate');
      return archived ? base : { ...base, error: error.frame };
    }
  }

  return {
    async endOldServer(stackId) {
      const access = await open(stackId);
      const state = await readMove(access.folder);
      if (state !== undefined && (await endOld(state))) await access.journal(say('kesMoveJournalOldStopped', { pid: state.old?.pid ?? 0 }));
    },
    handlers: {
      'kes.moveLook': ({ folder }) => lookAround(folder),
      'kes.moveMakeStack': async (input) => {
        refuseSecrets(input.source.command);
        const stackId = await makeStack(deps, input);
        await writeMove((await open(stackId)).folder, {
          version: 1,
          phase: 'planned',
          source: input.source,
          tests: [],
          objects: [],
          abandoned: [],
          evidence: [],
        });
        return { stackId };
      },
      async 'kes.moveBegin'({ stackId, source }) {
        const access = await open(stackId);
        if (kesOf(access.stack) === undefined) throw new AppError('kesUnknown', { stack: access.stack.name });
        refuseSecrets(source.command);
        const before = await readMove(access.folder);
        if (running(stackId) !== undefined) throw new AppError('kesMoveBusy');
        if (before !== undefined && before.phase !== 'planned' && before.phase !== 'prepared') throw new AppError('kesMoveBegun');
        // Read first: what cannot be read is not kept as a choice.
        await readDeployment(source);
        const old = before?.old === undefined ? {} : { old: before.old };
        await writeMove(access.folder, {
          version: 1,
          phase: 'planned',
          source,
          ...old,
          tests: [],
          objects: [],
          abandoned: [],
          evidence: [],
        });
        return {};
      },
      'kes.movePlan': async ({ stackId }) => planMove(await open(stackId)),
      'kes.moveStanding': ({ stackId }) => standing(stackId),
      'kes.moveTrial': async ({ stackId, abandon }) =>
        begin(stackId, 'trial', (access, report, signal) => moveToTrial(access, abandon, report, signal)),
      'kes.moveCross': async ({ stackId, typed }) => {
        const { name } = (await open(stackId)).stack;
        if (typed !== name) throw new AppError('kesMoveTyped', { name });
        return begin(stackId, 'cross', cross);
      },
      'kes.moveBack': async ({ stackId }) => begin(stackId, 'back', moveBack),
    },
  };
}

/** A typed command is kept and shown: variables before it belong in a file, which is read anew each time. */
function refuseSecrets(command: string): void {
  const [name] = readOldStart(command).environment.keys();
  if (name !== undefined) throw new AppError('kesMoveSecretInCommand', { name });
}
