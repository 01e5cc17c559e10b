import type { CertificateBoard, ServedRow } from '../../../../shared/certificateBoard.ts';
import type { Mark } from '../../../components/StateIcon.tsx';

/** After this time an answer says nothing about now any more. */
export const freshMs = 120_000;

export type RowState = 'ok' | 'warn' | 'fail' | 'unknown';

/** The worst of a row's cells; a row that did not answer is unknown, whatever its file says. */
export function stateOf({ live, cells }: Pick<ServedRow, 'live' | 'cells'>): RowState {
  if (!live) return 'unknown';
  return (['fail', 'warn'] as const).find((state) => cells.some((cell) => cell.state === state)) ?? 'ok';
}

export interface Answer {
  mark: Mark;
  says: 'none' | 'all' | 'fail' | 'warn' | 'unknown';
  count: number;
  total: number;
}

/** The page's answer in one line: what is refused first, then who was not there, then what deserves a look. */
export function answerOf({ rows }: Pick<CertificateBoard, 'rows'>): Answer {
  const total = rows.length;
  if (total === 0) return { mark: 'absent', says: 'none', count: 0, total };
  for (const state of ['fail', 'unknown', 'warn'] as const) {
    const count = rows.filter((row) => stateOf(row) === state).length;
    if (count > 0) return { mark: state, says: state, count, total };
  }
  return { mark: 'ok', says: 'all', count: total, total };
}

/** As the cell may be shown now: an old answer is never green, nor red. A file is what it was when it was read. */
export function shownState(state: 'ok' | 'info' | 'warn' | 'fail' | 'unknown', at: string, now: number): Mark {
  return now - Date.parse(at) > freshMs ? 'unknown' : state;
}
