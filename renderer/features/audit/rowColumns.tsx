import { IconCircleMinus } from '@tabler/icons-react';
import type { Settings } from '../../../shared/app.ts';
import type { AuditRow, Opens } from '../../../shared/audit.ts';
import type { Language } from '../../../shared/text.ts';
import { formatBytes, formatFull, shorten } from '../../components/format.ts';
import { RowName } from '../../components/grid/RowName.tsx';
import type { GridColumn } from '../../components/grid/VirtualGrid.tsx';
import { localTime } from '../../components/localTime.ts';
import { ObjectStateBadge } from '../../components/ObjectStateBadge.tsx';
import type { useWords } from '../../locales/language.ts';

export const columnIds = ['state', 'bucket', 'name', 'size', 'written', 'key', 'version', 'opens'] as const;
export type ColumnId = (typeof columnIds)[number];
/** Those that can be left out. */
export type ChosenColumn = NonNullable<Settings['auditColumns']>[number];

type Words = ReturnType<typeof useWords>['t'];

/** The columns that a window of some width shows of itself. `buckets`: rows of several are in the view. */
export function automaticColumns(wide: boolean, buckets: boolean, versions: boolean): ColumnId[] {
  const hidden: readonly ColumnId[] = [
    ...(buckets ? [] : ['bucket' as const]),
    ...(versions ? [] : ['version' as const]),
    ...(wide ? [] : (['key', 'opens'] as const)),
  ];
  return columnIds.filter((id) => !hidden.includes(id));
}

export function rowColumns(shown: readonly ColumnId[], sorts: boolean, t: Words, language: Language): GridColumn<AuditRow>[] {
  const all: Record<ColumnId, Omit<GridColumn<AuditRow>, 'id' | 'head'>> = {
    state: { width: 112, sorts, cell: (row) => <StateCell row={row} t={t} /> },
    bucket: { width: 120, grows: 1.5, cell: (row) => <RowName name={row.bucket} tailLetters={10} /> },
    name: { width: 160, grows: 4, sorts, cell: (row) => <RowName name={row.key} /> },
    size: { width: 64, end: true, sorts, cell: (row) => (row.deleteMarker ? '' : formatBytes(row.size, language)) },
    written: {
      width: 84,
      sorts,
      cell: (row) => <span title={formatFull(row.modifiedAt, language)}>{localTime(row.modifiedAt).slice(0, 10)}</span>,
    },
    key: { width: 120, grows: 1, cell: (row) => <Mono text={row.kmsKey ?? ''} longest={24} /> },
    version: { width: 108, cell: (row) => <Mono text={row.versionId ?? ''} longest={13} /> },
    opens: { width: 120, cell: (row) => (row.state === undefined || row.state === 'plaintext' ? '' : opensWords(row.opens, t)) },
  };
  return shown.map((id) => ({ id, head: t(`audit.rows.column.${id}`), ...all[id] }));
}

/** The state of a row; a delete marker has none. */
export function StateCell({ row, t }: { row: AuditRow; t: Words }) {
  if (row.state === undefined) {
    return (
      <span className="sd-state">
        <IconCircleMinus size={15} stroke={1.75} color="var(--sd-t3)" aria-hidden /> {t('audit.rows.deleteMarker')}
      </span>
    );
  }
  return <ObjectStateBadge state={row.state} />;
}

function Mono({ text, longest }: { text: string; longest: number }) {
  return text === '' ? null : (
    <span className="sd-mono" title={text}>
      {shorten(text, longest)}
    </span>
  );
}

/** "Yes, by sample", in the reader's language. */
export function opensWords(opens: Opens, t: Words): string {
  const answer = t(`audit.rows.opens.${opens.answer}`);
  return opens.how === 'sample' ? t('audit.rows.opens.sample', { answer }) : answer;
}
