import { IconCircleMinus, IconFile, IconFolderFilled, IconHistory } from '@tabler/icons-react';
import type { ObjectRow } from '../../../shared/objects.ts';
import type { Language } from '../../../shared/text.ts';
import { Age } from '../../components/Age.tsx';
import { formatBytes, shorten } from '../../components/format.ts';
import { SpokenName } from '../../components/grid/RowName.tsx';
import type { GridColumn } from '../../components/grid/VirtualGrid.tsx';
import { visibleText } from '../../components/grid/visibleName.ts';
import { ObjectStateBadge } from '../../components/ObjectStateBadge.tsx';
import type { useWords } from '../../locales/language.ts';
import type { LevelRow } from './levelPages.ts';
import styles from './objects.module.css';
import { nameBelow } from './place.ts';

type Words = ReturnType<typeof useWords>['t'];

interface Shown {
  prefix: string;
  versions: boolean;
  /** There is room for the key. */
  wide: boolean;
}

/** Name, version, state, key, size and time; what is not asked for, or has no room, is left out. */
export function levelColumns({ prefix, versions, wide }: Shown, t: Words, language: Language): GridColumn<LevelRow>[] {
  const ofObject = (cell: (row: ObjectRow) => React.ReactNode) => (row: LevelRow) => (row.object ? cell(row.object) : null);
  const columns: GridColumn<LevelRow>[] = [
    { id: 'name', head: t('objects.column.name'), width: 180, grows: 4, cell: (row) => <NameCell row={row} prefix={prefix} t={t} /> },
  ];
  if (versions)
    columns.push({ id: 'version', head: t('objects.level.version'), width: 116, cell: ofObject((row) => <VersionCell row={row} t={t} />) });
  columns.push({ id: 'state', head: t('objects.column.state'), width: 116, cell: ofObject((row) => <StateCell row={row} t={t} />) });
  if (wide)
    columns.push({
      id: 'key',
      head: t('objects.level.key'),
      width: 140,
      grows: 1,
      cell: ofObject(({ encryption: { key } }) =>
        key === undefined ? null : (
          <span className="sd-mono" title={key}>
            {shorten(key, 28)}
          </span>
        ),
      ),
    });
  columns.push(
    { id: 'size', head: t('objects.column.size'), width: 76, end: true, cell: ofObject((row) => sizeWords(row, t, language)) },
    {
      id: 'written',
      head: t('objects.column.written'),
      width: 84,
      end: true,
      cell: ofObject(({ modifiedAt }) => (modifiedAt === undefined ? null : <Age at={modifiedAt} />)),
    },
  );
  return columns;
}

function NameCell({ row, prefix, t }: { row: LevelRow; prefix: string; t: Words }) {
  const { object, folder } = row;
  const older = object?.latest === false;
  const Icon = object === undefined ? IconFolderFilled : object.deleteMarker ? IconCircleMinus : older ? IconHistory : IconFile;
  const name = nameBelow(object?.key ?? folder ?? '', prefix);
  return (
    <span className={styles.nameCell} data-older={older || undefined}>
      <Icon size={16} stroke={1.5} color={older || object?.deleteMarker ? 'var(--sd-t3)' : 'var(--sd-t2)'} aria-hidden />
      <SpokenName
        name={name}
        tailLetters={14}
        {...(object === undefined ? { spoken: t('objects.level.folderNamed', { name: visibleText(name) }) } : {})}
      />
    </span>
  );
}

function VersionCell({ row, t }: { row: ObjectRow; t: Words }) {
  const { versionId = 'null', latest } = row;
  return (
    <span title={versionId}>
      <span className="sd-mono">{shorten(versionId, 9)}</span>
      {latest ? <span className={styles.latest}> {t('objects.level.latest')}</span> : null}
    </span>
  );
}

function StateCell({ row, t }: { row: ObjectRow; t: Words }) {
  if (row.deleteMarker) return <span className={styles.marker}>{t('objects.level.deleteMarker')}</span>;
  const { state, key } = row.encryption;
  return (
    <span title={key}>
      <ObjectStateBadge state={state} />
    </span>
  );
}

function sizeWords(row: ObjectRow, t: Words, language: Language): string {
  if (row.deleteMarker) return '';
  return row.encryption.state === 'sse-c' && row.size === 0 ? t('objects.sizeUnknown') : formatBytes(row.size, language);
}
