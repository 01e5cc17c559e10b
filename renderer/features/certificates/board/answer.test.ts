import { expect, it } from 'vitest';
import type { ServedRow } from '../../../../shared/certificateBoard.ts';
import { answerOf, freshMs, shownState, stateOf } from './answer.ts';

const row = (live: boolean, ...states: ServedRow['cells'][number]['state'][]): ServedRow =>
  ({ live, cells: states.map((state) => ({ id: 'name', state, says: { code: 'boardNameFits' } })) }) as unknown as ServedRow;

it('a row that did not answer is unknown, whatever its cells say', () => {
  expect(stateOf(row(false, 'ok'))).toBe('unknown');
  expect(stateOf(row(true, 'ok', 'info', 'unknown'))).toBe('ok');
  expect(stateOf(row(true, 'warn', 'fail'))).toBe('fail');
});

it('says what is refused before what did not answer, and green only when all answered', () => {
  expect(answerOf({ rows: [] })).toMatchObject({ says: 'none', mark: 'absent' });
  expect(answerOf({ rows: [row(true, 'ok'), row(true, 'ok')] })).toEqual({ says: 'all', mark: 'ok', count: 2, total: 2 });
  expect(answerOf({ rows: [row(true, 'ok'), row(false, 'ok')] })).toEqual({ says: 'unknown', mark: 'unknown', count: 1, total: 2 });
  expect(answerOf({ rows: [row(true, 'fail'), row(false, 'ok'), row(true, 'warn')] })).toMatchObject({ says: 'fail', count: 1 });
  expect(answerOf({ rows: [row(true, 'warn'), row(true, 'ok')] })).toMatchObject({ says: 'warn', mark: 'warn' });
});

it('an answer of a while ago is neither green nor red', () => {
  const at = new Date(1_000_000).toISOString();
  expect(shownState('ok', at, 1_000_000 + freshMs)).toBe('ok');
  expect(shownState('ok', at, 1_000_001 + freshMs)).toBe('unknown');
  expect(shownState('fail', at, 1_000_001 + freshMs)).toBe('unknown');
});
