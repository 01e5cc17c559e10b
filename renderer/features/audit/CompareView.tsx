import { Select } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { useMemo } from 'react';
import { type Audit, type AuditChange, auditChange } from '../../../shared/audit.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatClock, formatDay, formatNumber } from '../../components/format.ts';
import { useRowPages } from '../../components/grid/useRowPages.ts';
import { VirtualGrid } from '../../components/grid/VirtualGrid.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import { useCall, useClient } from '../../rpc/hooks.ts';
import styles from './compare.module.css';
import { compareColumns } from './compareColumns.tsx';
import { type ChangedRow, comparableRuns, runBefore } from './compareRuns.ts';
import { ObjectsDrawer } from './ObjectsDrawer.tsx';
import { addressOf, go, useAuditPlace } from './place.ts';
import type { RunTabProps } from './RunPage.tsx';
import { allRows } from './rowView.ts';
import { useRowCard } from './useRowCard.ts';

/** What changed between two runs of the same place; `?with=` names the other one, else it is the one before. */
export function CompareView({ audit, detail }: RunTabProps) {
  const { t } = useWords();
  const { query } = useAuditPlace();
  const audits = useCall('audit.list', { stackId: audit.stackId }).data?.audits;
  const others = comparableRuns(audits ?? [], audit);
  const other = others.find(({ id }) => id === query.get('with')) ?? runBefore(others, audit) ?? others[0];
  if (!audits) return null;
  if (!other) {
    return (
      <div className={styles.none}>
        <EmptyState
          picture={<IconArrowsDiff size={36} stroke={1} aria-hidden />}
          question={t('audit.compare.same')}
          sentence=""
          action={<a href={addressOf(audit.id, 'objects')}>{t('audit.compare.back')}</a>}
        />
        <DrawerContent commands={[]} evidence={[]} />
      </div>
    );
  }
  return <Changes key={`${audit.id} ${other.id}`} audit={audit} detail={detail} other={other} others={others} />;
}

function Changes({ audit, detail, other, others }: RunTabProps & { other: Audit; others: readonly Audit[] }) {
  const { t } = useWords();
  const language = useLanguage();
  const client = useClient();
  const { query } = useAuditPlace();
  // The older one is `before`, whichever the page is about.
  const [before, after] = other.id < audit.id ? [other, audit] : [audit, other];
  const change = auditChange.safeParse(query.get('change')).data;
  const input = { stackId: audit.stackId, before: before.id, after: after.id };
  const first = useCall('audit.compare', { ...input, limit: 1 });
  const counts = first.data?.counts;
  const { pages, version } = useRowPages<ChangedRow>(change ?? '', (offset, limit, signal) =>
    client.call('audit.compare', { ...input, ...(change === undefined ? {} : { change }), offset, limit }, signal),
  );
  const card = useRowCard(pages);
  const { row } = card;
  const columns = useMemo(() => compareColumns(t), [t]);
  const number = (value: number): string => formatNumber(value, language);
  const all = Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);

  function put(name: 'with' | 'change', value: string | undefined): void {
    const next = new URLSearchParams(query);
    if (value === undefined) next.delete(name);
    else next.set(name, value);
    go(addressOf(audit.id, 'compare', next));
  }

  function runWords(run: Audit): string {
    const objects = allRows(run, {});
    return t('audit.compare.run', {
      day: formatDay(run.startedAt, language),
      time: formatClock(run.startedAt, language),
      objects: t('audit.rows.selected', { count: objects, number: number(objects) }),
    });
  }

  return (
    <>
      <div className={styles.bar}>
        <span className={styles.with}>
          {t('audit.compare.with')}
          <Select
            aria-label={t('audit.compare.with')}
            size="xs"
            w={336}
            allowDeselect={false}
            value={other.id}
            data={others.map((run) => ({ value: run.id, label: runWords(run) }))}
            onChange={(id) => put('with', id ?? undefined)}
          />
        </span>
        <a href={addressOf(audit.id, 'objects')}>{t('audit.compare.back')}</a>
      </div>
      <fieldset className={styles.changes} aria-label={t('audit.compare.filter')}>
        <Toggle
          on={change === undefined}
          words={t('audit.compare.all')}
          count={counts && number(all)}
          onClick={() => put('change', undefined)}
        />
        {auditChange.options.map((one: AuditChange) => (
          <Toggle
            key={one}
            on={change === one}
            loud={one === 'newlyPlain' && (counts?.[one] ?? 0) > 0}
            words={t(`audit.compare.change.${one}`)}
            count={counts && number(counts[one] ?? 0)}
            onClick={() => put('change', change === one ? undefined : one)}
          />
        ))}
        <span className={styles.counted} role="status">
          {counts ? '' : first.error ? '' : t('audit.compare.counting')}
        </span>
      </fieldset>
      <VirtualGrid
        label={t('audit.compare.table')}
        columns={columns}
        pages={pages}
        version={version}
        selection={card.selection}
        onSelect={card.select}
        onOpen={card.show}
        onKey={card.onEscape}
        instead={instead()}
      />
      <ObjectsDrawer
        audit={row?.after ? after : before}
        detail={row?.after && after.id === audit.id ? detail : undefined}
        row={card.open ? (row?.after ?? row?.before) : undefined}
        open={card.open}
        onClose={card.close}
      />
    </>
  );

  function instead() {
    const error = pages.error();
    if (error) return <ErrorNotice error={error} />;
    if (!pages.asked()) return null;
    return (
      <EmptyState
        picture={<IconArrowsDiff size={36} stroke={1} aria-hidden />}
        question={t(change === undefined ? 'audit.compare.nothing' : 'audit.compare.none')}
        sentence={t(change === undefined ? 'audit.compare.nothingText' : 'audit.compare.noneText')}
      />
    );
  }
}

interface ToggleProps {
  on: boolean;
  loud?: boolean;
  words: string;
  count: string | undefined;
  onClick(): void;
}

function Toggle({ on, loud = false, words, count, onClick }: ToggleProps) {
  return (
    <button type="button" className={styles.change} aria-pressed={on} data-loud={loud || undefined} onClick={onClick}>
      {words} <span>{count ?? ''}</span>
    </button>
  );
}
