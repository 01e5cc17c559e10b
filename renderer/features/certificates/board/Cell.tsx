import { Tooltip } from '@mantine/core';
import type { BoardCell } from '../../../../shared/certificateBoard.ts';
import { useTimed } from '../../../components/Age.tsx';
import { type Mark, StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence } from '../../../locales/language.ts';
import { shownState } from './answer.ts';
import styles from './board.module.css';

/** One judgement: mark and a few words; the sentence behind it on hover. `at`: when it was seen. */
export function Cell({ cell, at }: { cell: BoardCell | undefined; at: string }) {
  const { sentence } = useSentence();
  const mark = useTimed((now) => (cell ? shownState(cell.state, at, now) : 'absent')) as Mark;
  if (!cell) return <span className={styles.none}>–</span>;
  const words = (
    <span className={styles.cell} data-mark={mark}>
      <StateIcon mark={mark} silent />
      <span>{sentence(cell.says)}</span>
    </span>
  );
  return cell.more ? (
    <Tooltip label={sentence(cell.more)} multiline maw={360}>
      {words}
    </Tooltip>
  ) : (
    words
  );
}
