import type { AuditRow } from '../../../shared/audit.ts';
import { shorten } from '../../components/format.ts';
import { RowName } from '../../components/grid/RowName.tsx';
import type { GridColumn } from '../../components/grid/VirtualGrid.tsx';
import type { useWords } from '../../locales/language.ts';
import type { ChangedRow } from './compareRuns.ts';
import { StateCell } from './rowColumns.tsx';
import styles from './rows.module.css';

type Words = ReturnType<typeof useWords>['t'];

/** A change, the object, its state in both runs and its key now. */
export function compareColumns(t: Words): GridColumn<ChangedRow>[] {
  const head = (id: 'change' | 'bucket' | 'name' | 'before' | 'after' | 'key'): { id: string; head: string } => ({
    id,
    head: t(`audit.compare.column.${id}`),
  });
  const either = ({ after, before }: ChangedRow): AuditRow | undefined => after ?? before;
  const state = (row: AuditRow | undefined) => {
    if (!row) return <span className={styles.absent}>{t('audit.compare.notThere')}</span>;
    return <StateCell row={row} t={t} />;
  };
  return [
    { ...head('change'), width: 112, cell: ({ change }) => t(`audit.compare.change.${change}`) },
    {
      ...head('bucket'),
      width: 120,
      grows: 1.5,
      cell: (row) => <RowName name={either(row)?.bucket ?? ''} tailLetters={10} />,
    },
    { ...head('name'), width: 160, grows: 4, cell: (row) => <RowName name={either(row)?.key ?? ''} /> },
    { ...head('before'), width: 104, cell: ({ before }) => state(before) },
    { ...head('after'), width: 104, cell: ({ after }) => state(after) },
    {
      ...head('key'),
      width: 100,
      grows: 1,
      cell: ({ before, after }) => (
        <span className="sd-mono" title={[before?.kmsKey, after?.kmsKey].filter(Boolean).join(' → ')}>
          {shorten(after?.kmsKey ?? '', 20)}
        </span>
      ),
    },
  ];
}
