import { SegmentedControl } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { InPlace, InPlaceRow } from '../../../shared/inPlace.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatBytes, formatNumber } from '../../components/format.ts';
import { RowName } from '../../components/grid/RowName.tsx';
import { useRowPages } from '../../components/grid/useRowPages.ts';
import { type GridColumn, type Selection, VirtualGrid } from '../../components/grid/VirtualGrid.tsx';
import { type Mark, StateIcon } from '../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import { useClient } from '../../rpc/hooks.ts';
import styles from './inPlace.module.css';
import { leftIn } from './words.ts';

const marks: Readonly<Record<InPlaceRow['outcome'], Mark>> = {
  waits: 'absent',
  done: 'ok',
  changed: 'warn',
  gone: 'warn',
  locked: 'warn',
  refused: 'fail',
  unproven: 'fail',
  failed: 'fail',
};
const views = {
  left: ['changed', 'gone', 'locked', 'refused', 'unproven', 'failed'],
  done: ['done'],
  waits: ['waits'],
} as const satisfies Record<string, readonly InPlaceRow['outcome'][]>;
type View = keyof typeof views;
const settleMs = 1_000;

/** What came of each object: first those that were left, with why. */
export function OutcomeTable({ run }: { run: InPlace }) {
  const { t, language } = useWords();
  const client = useClient();
  const left = leftIn(run);
  const [chosen, setChosen] = useState<View | undefined>();
  const [selection, setSelection] = useState<Selection | undefined>();
  const counts: Record<View, number> = { left, done: run.counts.done ?? 0, waits: Math.max(0, run.total - run.done) };
  const view = chosen ?? (left > 0 ? 'left' : 'done');
  const { stackId, id } = run;
  // Rows are added and leave while it runs: the view is asked again, but not with every event.
  const seen = useSlow(run.counts[view === 'left' ? 'refused' : view] ?? 0, run.done, run.state === 'running');
  const { pages, version } = useRowPages<InPlaceRow>(`${view} ${seen}`, (offset, limit, signal) =>
    client.call('inPlace.rows', { stackId, id, outcomes: [...views[view]], offset, limit }, signal),
  );
  // All of one bucket: its name stands above.
  const several = run.scope.from === 'audit' && run.scope.filter.bucket === undefined;
  const columns = useMemo(
    (): GridColumn<InPlaceRow>[] => [
      { id: 'outcome', head: t('inPlace.rows.outcome'), width: 128, cell: (row) => <Outcome row={row} /> },
      ...(several
        ? [
            {
              id: 'bucket',
              head: t('inPlace.rows.bucket'),
              width: 110,
              grows: 1,
              cell: (row: InPlaceRow) => <RowName name={row.bucket} tailLetters={10} />,
            },
          ]
        : []),
      { id: 'name', head: t('inPlace.rows.name'), width: 180, grows: 3, cell: (row) => <RowName name={row.key} /> },
      { id: 'size', head: t('inPlace.rows.size'), width: 72, end: true, cell: (row) => formatBytes(row.size, language) },
      { id: 'why', head: t('inPlace.rows.why'), width: 200, grows: 3, cell: (row) => <Why row={row} /> },
    ],
    [several, t, language],
  );
  const error = pages.error();
  const row = selection && pages.row(selection.cursor);
  // One list for as long as one view is shown: its rows come anew, its place stays.
  const list = useMemo(() => ({ view }), [view]);
  return (
    <>
      <div className={styles.views}>
        <SegmentedControl
          aria-label={t('inPlace.rows.views')}
          value={view}
          onChange={(value) => {
            setChosen(value as View);
            setSelection(undefined);
          }}
          data={(Object.keys(views) as View[]).map((value) => ({
            value,
            label: `${t(`inPlace.rows.view.${value}`)} ${formatNumber(counts[value], language)}`,
          }))}
        />
      </div>
      {error ? (
        <div className={styles.notice}>
          <ErrorNotice error={error} />
        </div>
      ) : null}
      <VirtualGrid
        label={t('inPlace.rows.head')}
        columns={columns}
        pages={pages}
        list={list}
        version={version}
        selection={selection}
        onSelect={setSelection}
        onOpen={() => undefined}
        instead={<span className={styles.quiet}>{t(`inPlace.rows.none.${view}`)}</span>}
      />
      <div className={`sd-foot ${styles.foot}`}>
        <p className={styles.detail} role="status">
          {row ? <Detail row={row} /> : view === 'left' && left > 0 ? t('inPlace.rows.choose') : null}
        </p>
        {row ? <a href={levelOf(row)}>{t('inPlace.rows.show')}</a> : null}
      </div>
    </>
  );
}

/** A number that follows another at most once a second, and at once when nothing works any more. */
function useSlow(count: number, done: number, working: boolean): string {
  const now = `${count} ${done}`;
  const [shown, setShown] = useState(now);
  const last = useRef(0);
  const latest = useRef(now);
  latest.current = now;
  useEffect(() => {
    if (now === shown) return;
    const wait = working ? Math.max(0, last.current + settleMs - Date.now()) : 0;
    const timer = setTimeout(() => {
      last.current = Date.now();
      setShown(latest.current);
    }, wait);
    return () => clearTimeout(timer);
  }, [now, shown, working]);
  return shown;
}

/** The level of the objects page that has the object. */
function levelOf({ bucket, key }: InPlaceRow): string {
  const prefix = key.slice(0, key.replace(/\/$/, '').lastIndexOf('/') + 1);
  return `#/objects/${bucket}${prefix === '' ? '' : `/${encodeURIComponent(prefix)}`}`;
}

/** All that is known of the row that was chosen. */
function Detail({ row }: { row: InPlaceRow }) {
  const { explain } = useSentence();
  if (!row.error) return <Why row={row} />;
  const { title, explanation, next } = explain(row.error);
  return (
    <>
      <strong>{title}</strong> {explanation} {next}
    </>
  );
}

function Outcome({ row: { outcome } }: { row: InPlaceRow }) {
  const { t } = useWords();
  return (
    <span className="sd-state">
      <StateIcon mark={marks[outcome]} silent />
      {t(`inPlace.outcome.${outcome}`)}
    </span>
  );
}

function Why({ row: { error, landed, outcome } }: { row: InPlaceRow }) {
  const { t } = useWords();
  const { explain } = useSentence();
  if (error) {
    // The name stands in the row already, and would leave no room for what is said of it.
    const where = error.details?.where === undefined ? {} : { where: t('inPlace.rows.thisOne') };
    const { title } = explain({ ...error, details: { ...error.details, ...where } });
    return title.charAt(0).toUpperCase() + title.slice(1);
  }
  if (outcome === 'locked') return t('inPlace.rows.locked');
  if (!landed) return null;
  return `${t(`components.state.${landed.state}`)}${landed.key === undefined ? '' : ` ${landed.key}`}`;
}
