import type { certificateBoardProcedures } from '../../../../shared/certificateBoard.ts';
import type { Language } from '../../../../shared/text.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import { lookAtBoard } from './board.ts';
import { changeBoardFile, readBoardFile } from './boardFile.ts';
import { calendarOf } from './calendar.ts';
import { createLook } from './look.ts';
import { describePublic, findPublic } from './publicFolders.ts';

export interface CertificateBoard {
  handlers: DomainHandlers<typeof certificateBoardProcedures>;
}

export interface BoardDeps extends DomainDeps {
  /** The names of this machine that the guided steps were given; none where they were never begun. */
  hosts(stackId: string): Promise<readonly string[]>;
  language(): Promise<Language>;
}

/** What every server really serves, what of it ends when, and the work that mends it. */
export function createCertificateBoard(deps: BoardDeps): CertificateBoard {
  const look = createLook();
  const board = async (stackId: string, signal?: AbortSignal) =>
    lookAtBoard(await deps.open(stackId), await deps.hosts(stackId), look, signal);
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
      async 'certificates.publicFolder'({ stackId, folder }) {
        const { settings } = await readBoardFile(await deps.open(stackId));
        return { found: await Promise.all((await findPublic(folder)).map((place) => describePublic(place, settings))) };
      },
    } as CertificateBoard['handlers'],
  };
}
