import type { BoardPlan, certificateBoardProcedures } from '../../../../shared/certificateBoard.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import { serverNames } from '../../../../shared/servers.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { type Language, say, type Text } from '../../../../shared/text.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import type { DomainDeps, StackAccess } from '../../../jobs/step.ts';
import { createSerialQueues } from '../../../platform/serialQueue.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import { lookAtBoard } from './board.ts';
import { changeBoardFile, readBoardFile } from './boardFile.ts';
import { calendarOf } from './calendar.ts';
import { install, planInstall } from './install.ts';
import { certificateFileOf, createLook } from './look.ts';
import { describePublic, findPublic } from './publicFolders.ts';
import { type How, reload, renew } from './renew.ts';
import { planRenewal, renewalOf, requestOf } from './renewal.ts';
import { planSwap, type SwapDeps, swap } from './swap.ts';

export interface CertificateBoard {
  handlers: DomainHandlers<typeof certificateBoardProcedures>;
}

export interface BoardDeps extends DomainDeps, SwapDeps {
  /** The names of this machine that the guided steps were given; none where they were never begun. */
  hosts(stackId: string): Promise<readonly string[]>;
  language(): Promise<Language>;
}

/** What every server really serves, what of it ends when, and the work that mends it. */
export function createCertificateBoard(deps: BoardDeps): CertificateBoard {
  const look = createLook();
  /** Work on one stack's certificates comes one after the other: two at once would write the same files. */
  const inTurn = createSerialQueues();

  async function board(stackId: string, signal?: AbortSignal) {
    return lookAtBoard(await deps.open(stackId), await deps.hosts(stackId), look, signal);
  }

  async function asJob(stackId: string, title: Text, work: (access: StackAccess, how: How, report: Report) => Promise<Evidence[]>) {
    return deps.jobs.start({
      title,
      stackId,
      run: (report, signal) =>
        inTurn(stackId, async () => {
          const access = await deps.open(stackId);
          return { evidence: await work(access, { hosts: await deps.hosts(stackId), look, signal }, report) };
        }),
    });
  }

  async function planned(stackId: string, plan: (access: StackAccess, hosts: readonly string[]) => Promise<BoardPlan>): Promise<BoardPlan> {
    try {
      return await plan(await deps.open(stackId), await deps.hosts(stackId));
    } catch (error) {
      if (!isAppError(error)) throw error;
      return { changes: [], warnings: [], files: [], commands: [], blocked: error.frame };
    }
  }

  return {
    handlers: {
      'certificates.served': ({ stackId }, { signal }) => board(stackId, signal),
      async 'certificates.setBoard'({ stackId, settings }) {
        await changeBoardFile(await deps.open(stackId), (file) => ({ ...file, settings }));
        return {};
      },
      async 'certificates.calendar'({ stackId }, { signal }) {
        const { expiries, settings } = await board(stackId, signal);
        const { stack } = await deps.open(stackId);
        const content = calendarOf({ stack, expiries, settings, language: await deps.language() });
        return { name: `${stack.id}-certificates.ics`, content, events: expiries.length };
      },
      'certificates.renewPlan': ({ stackId, id, days }) =>
        planned(stackId, async (access, hosts) => planRenewal(access, await renewalOf(access, id, hosts, days))),
      async 'certificates.renewRequest'({ stackId, id }) {
        const renewal = await renewalOf(await deps.open(stackId), id, await deps.hosts(stackId));
        return { name: `${id}.csr`, pem: requestOf(renewal) };
      },
      'certificates.renew': ({ stackId, id, days, reply }) =>
        asJob(stackId, say('boardJobRenew', { id }), (access, how) => renew(access, { id, days, reply }, how)),
      'certificates.reload': ({ stackId, server }) =>
        asJob(stackId, say('boardJobReload', { server: serverNames[server] }), async (access, how) =>
          reload(access, server, await certificateFileOf(access, server), how),
        ),
      'certificates.swapPlan': ({ stackId }) => planned(stackId, planSwap),
      'certificates.swap': ({ stackId }) =>
        asJob(stackId, say('boardJobSwap'), (access, how, report) => swap(access, how.hosts, deps, report, how.signal)),
      async 'certificates.publicFolder'({ stackId, folder }) {
        const { settings } = await readBoardFile(await deps.open(stackId));
        return { found: await Promise.all((await findPublic(folder)).map((place) => describePublic(place, settings))) };
      },
      'certificates.installPlan': ({ stackId, server, folder, name }) =>
        planned(stackId, (access, hosts) => planInstall(access, { server, folder, name }, hosts)),
      'certificates.install': ({ stackId, server, folder, name }) =>
        asJob(stackId, say('boardJobInstall', { server: serverNames[server] }), (access, how, report) =>
          install(access, { server, folder, name }, how, report),
        ),
    },
  };
}
