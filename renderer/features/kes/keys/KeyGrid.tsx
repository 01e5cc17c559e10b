import { useMediaQuery } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import type { KeyRow, ListedKey } from '../../../../shared/kesKeys.ts';
import { Age } from '../../../components/Age.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatBytes, formatDay, formatNumber, shorten } from '../../../components/format.ts';
import { SpokenName } from '../../../components/grid/RowName.tsx';
import { useRowPages } from '../../../components/grid/useRowPages.ts';
import { type GridColumn, VirtualGrid } from '../../../components/grid/VirtualGrid.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useWords } from '../../../locales/language.ts';
import { useClient } from '../../../rpc/hooks.ts';
import { shownOpens } from './answer.ts';
import styles from './keys.module.css';

interface KeyGridProps {
  stackId: string;
  keys: readonly ListedKey[];
  /** Another one: the rows are asked for again. */
  view: string;
  audited: boolean;
  chosen: string | undefined;
  /** `into`: by Enter, so the focus goes into the card. */
  onChoose(name: string | undefined, into?: boolean): void;
  /** What was just learnt of some of them. */
  onRead(rows: readonly KeyRow[]): void;
}

interface Shown {
  listed: ListedKey;
  row: KeyRow;
}

/** Every key; those in sight are described and opened, a page of them at a time. */
export function KeyGrid({ stackId, keys, view, audited, chosen, onChoose, onRead }: KeyGridProps) {
  const { t, language } = useWords();
  const client = useClient();
  const wide = useMediaQuery('(min-width: 1500px)', false, { getInitialValueInEffect: false });
  const [moved, setMoved] = useState<number | undefined>(undefined);
  const { pages, version } = useRowPages<Shown>(view, async (offset, limit, signal) => {
    const page = keys.slice(offset, offset + limit);
    if (page.length === 0) return { rows: [], total: keys.length };
    const { rows } = await client.call('kes.keyRows', { stackId, names: page.map(({ name }) => name) }, signal);
    onRead(rows);
    const read = new Map(rows.map((row) => [row.name, row]));
    return {
      rows: page.flatMap((listed) => (read.has(listed.name) ? [{ listed, row: read.get(listed.name) as KeyRow }] : [])),
      total: keys.length,
    };
  });
  const columns = useMemo(
    (): GridColumn<Shown>[] => [
      { id: 'opens', head: t('kesKeys.column.opens'), width: 128, cell: (shown) => <Opens shown={shown} /> },
      { id: 'name', head: t('kesKeys.column.name'), width: 190, grows: 3, cell: (shown) => <Name shown={shown} /> },
      {
        id: 'made',
        head: t('kesKeys.column.made'),
        width: 96,
        cell: ({ row }) =>
          row.createdAt === undefined ? <span className={styles.faint}>{t('kesKeys.notKnown')}</span> : formatDay(row.createdAt, language),
      },
      ...(wide
        ? [
            { id: 'by', head: t('kesKeys.card.by'), width: 96, cell: ({ row }: Shown) => <Maker row={row} /> },
            { id: 'algorithm', head: t('kesKeys.card.algorithm'), width: 84, cell: ({ row }: Shown) => row.algorithm ?? null },
          ]
        : []),
      { id: 'rules', head: t('kesKeys.column.rules'), width: 110, grows: 1, cell: ({ listed }) => <Rules rules={listed.rules} /> },
      {
        id: 'objects',
        head: t('kesKeys.column.objects'),
        width: 84,
        end: true,
        cell: ({ listed: { use } }) =>
          use ? formatNumber(use.objects, language) : <span className={styles.faint}>{audited ? '0' : '–'}</span>,
      },
      {
        id: 'bytes',
        head: t('kesKeys.column.bytes'),
        width: 84,
        end: true,
        cell: ({ listed: { use } }) => (use ? formatBytes(use.bytes, language) : null),
      },
      { id: 'tried', head: t('kesKeys.column.tried'), width: 70, end: true, cell: ({ row }) => <Age at={row.opens.at} /> },
    ],
    [audited, wide, t, language],
  );
  const error = pages.error();
  const rank = chosen === undefined ? -1 : keys.findIndex(({ name }) => name === chosen);
  const cursor = rank >= 0 ? rank : moved;
  return (
    <>
      {error ? (
        <div className={styles.notice}>
          <ErrorNotice error={error} />
        </div>
      ) : null}
      <VirtualGrid
        label={t('kesKeys.table')}
        columns={columns}
        pages={pages}
        version={version}
        selection={cursor === undefined || cursor >= keys.length ? undefined : { anchor: cursor, cursor }}
        onSelect={(next) => {
          setMoved(next.cursor);
          // An open card follows the row.
          if (chosen !== undefined) onChoose(keys[next.cursor]?.name);
        }}
        onOpen={(at, by) => onChoose(keys[at]?.name, by === 'enter')}
        onKey={({ key }) => {
          if (key !== 'Escape' || chosen === undefined) return false;
          onChoose(undefined);
          return true;
        }}
        instead={<span className={styles.quiet}>{t('kesKeys.noneFound')}</span>}
      />
    </>
  );
}

function Opens({ shown: { row, listed } }: { shown: Shown }) {
  const { t } = useWords();
  const { mark, says } = shownOpens(row.opens);
  return (
    <span className="sd-state" data-loud={mark === 'fail' || undefined}>
      <StateIcon mark={listed.unreachable ? 'warn' : mark} silent />
      {listed.unreachable ? t('kesKeys.unreachable') : t(`kesKeys.opens.${says}`)}
    </span>
  );
}

function Name({ shown: { listed, row } }: { shown: Shown }) {
  const { t } = useWords();
  return (
    <span className={styles.name}>
      <span className="sd-mono">
        <SpokenName name={listed.name} />
      </span>
      {listed.default ? <span className={styles.tag}>{t('kesKeys.default')}</span> : null}
      {row.createdBy?.public ? <span className={styles.tag}>{t('kesKeys.publicMaker')}</span> : null}
    </span>
  );
}

/** Who made it: by name where the stack knows the identity. */
function Maker({ row: { createdBy } }: { row: KeyRow }) {
  const { t } = useWords();
  if (createdBy === undefined) return <span className={styles.faint}>{t('kesKeys.notKnown')}</span>;
  const short = `${createdBy.hash.slice(0, 8)}…`;
  return (
    <span title={createdBy.hash}>
      {createdBy.known ? t(`kesKeys.card.who.${createdBy.known}`) : <span className="sd-mono">{short}</span>}
    </span>
  );
}

function Rules({ rules }: { rules: readonly string[] }) {
  const { t } = useWords();
  const [first, ...more] = rules;
  if (first === undefined) return null;
  return (
    <span title={rules.join(', ')}>
      {more.length === 0 ? shorten(first, 24) : t('kesKeys.rules', { first: shorten(first, 18), count: more.length })}
    </span>
  );
}
