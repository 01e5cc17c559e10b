import { useMediaQuery } from '@mantine/hooks';
import { IconFiles } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo } from 'react';
import type { AuditFilter, AuditRow } from '../../../shared/audit.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatNumber } from '../../components/format.ts';
import { useRowPages } from '../../components/grid/useRowPages.ts';
import { VirtualGrid } from '../../components/grid/VirtualGrid.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import type { Input } from '../../rpc/client.ts';
import { useCall, useClient } from '../../rpc/hooks.ts';
import { ColumnMenu } from './ColumnMenu.tsx';
import { FilterBar } from './FilterBar.tsx';
import { kindsIn } from './filterText.ts';
import { ObjectsDrawer } from './ObjectsDrawer.tsx';
import { addressOf, encryptAddress, filterIn, go, useAuditPlace, withFilter } from './place.ts';
import { RowsFoot } from './RowsFoot.tsx';
import type { RunTabProps } from './RunPage.tsx';
import { automaticColumns, type ColumnId, columnIds, rowColumns } from './rowColumns.tsx';
import { allRows, columnOf, sortIn, withSort } from './rowView.ts';
import { useNames } from './useNames.ts';
import { useRowCard } from './useRowCard.ts';

const growEveryMs = 1_500;

/** The objects of a run as a table, filtered and sorted by its store; one of them as a card. */
export function ObjectsTab({ audit, detail }: RunTabProps) {
  const { t } = useWords();
  const language = useLanguage();
  const client = useClient();
  const { query } = useAuditPlace();
  const wide = useMediaQuery('(min-width: 1500px)', false, { getInitialValueInEffect: false });
  const chosen = useCall('settings.read', {}).data?.auditColumns;
  const filter = filterIn(query);
  const arranged = audit.phase === 'done';
  const sort = sortIn(query, arranged);
  const input: Omit<Input<'audit.rows'>, 'offset' | 'limit'> = { stackId: audit.stackId, id: audit.id, filter, ...sort };
  const key = JSON.stringify(input);
  const { pages, version, former } = useRowPages<AuditRow>(
    key,
    (offset, limit, signal) => client.call('audit.rows', { ...input, offset, limit }, signal),
    arranged ? { countMs: 250 } : {},
  );
  const card = useRowCard(pages);
  const { selection } = card;
  const names = useNames(pages, input);

  const running = audit.state === 'running';
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => {
      if (!document.hidden) pages.grown();
    }, growEveryMs);
    return () => clearInterval(timer);
  }, [running, pages]);

  const several = filter.bucket === undefined && (detail?.buckets.length ?? 0) !== 1;
  const versions = filter.versions !== undefined;
  const shown: readonly ColumnId[] =
    chosen && chosen.length > 0
      ? columnIds.filter((id) => id === 'name' || chosen.includes(id))
      : automaticColumns(wide, several, versions);
  const shownKey = shown.join();
  const columns = useMemo(() => rowColumns(shownKey.split(',') as ColumnId[], arranged, t, language), [shownKey, arranged, t, language]);

  const change = useCallback((next: AuditFilter) => go(addressOf(audit.id, 'objects', withFilter(query, next))), [audit.id, query]);
  const all = allRows(audit, filter);
  const filtered = kindsIn(filter).some((kind) => kind !== 'versions');
  const sorted = columnOf(sort.sort);
  const count = pages.count();
  const number = (value: number): string => formatNumber(value, language);

  return (
    <>
      <FilterBar filter={filter} onChange={change} buckets={detail?.buckets ?? []} keys={detail?.keys ?? []}>
        <span role="status">{countWords()}</span>
        <ColumnMenu shown={shown} automatic={chosen === undefined || chosen.length === 0} />
      </FilterBar>
      <VirtualGrid
        label={t('audit.rows.table')}
        columns={columns}
        pages={pages}
        version={version}
        sorted={sorted === undefined ? undefined : { column: sorted, descending: sort.descending }}
        {...(arranged ? { onSort: (column: string) => go(addressOf(audit.id, 'objects', withSort(query, column)), true) } : {})}
        selection={selection}
        onSelect={card.select}
        onOpen={card.show}
        onKey={(event) => {
          if (event.key.toLowerCase() === 'c' && selection && !event.altKey) void names.copy(selection);
          else return card.onEscape(event);
          return true;
        }}
        instead={instead()}
      />
      <RowsFoot
        selection={selection}
        pages={pages}
        names={names}
        note={arranged ? undefined : t('audit.rows.orderOfReading')}
        encrypt={count.known && count.rows > 0 ? encryptAddress(audit, filter) : undefined}
        onOpen={card.show}
      />
      <ObjectsDrawer audit={audit} detail={detail} row={card.open ? card.row : undefined} open={card.open} onClose={card.close} />
    </>
  );

  function countWords(): string {
    if (former || !pages.asked() || (arranged && !count.known)) return t('audit.rows.count.counting', { all: number(all) });
    if (!count.known) return t('audit.rows.count.atLeast', { some: number(count.seen), all: number(all) });
    return filtered
      ? t('audit.rows.count.of', { some: number(count.rows), all: number(all) })
      : t('audit.rows.selected', { count: count.rows, number: number(count.rows) });
  }

  function instead() {
    const error = pages.error();
    if (error) return <ErrorNotice error={error} action={<EngineButton onClick={pages.retry}>{t('audit.rows.again')}</EngineButton>} />;
    if (!pages.asked()) return null;
    return (
      <EmptyState
        picture={<IconFiles size={36} stroke={1} aria-hidden />}
        question={t(filtered ? 'audit.rows.none.question' : 'audit.rows.none.empty')}
        sentence={filtered ? t('audit.rows.none.sentence', { all: number(all) }) : t('audit.rows.none.emptyText')}
      />
    );
  }
}
