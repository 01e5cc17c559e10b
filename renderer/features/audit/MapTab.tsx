import { SegmentedControl } from '@mantine/core';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { MapNode } from '../../../shared/audit.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { shorten } from '../../components/format.ts';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { AuditDrawer } from './AuditDrawer.tsx';
import { Legend } from './Legend.tsx';
import styles from './map/mapTab.module.css';
import { PrefixTable } from './map/PrefixTable.tsx';
import { SelectionLine } from './map/SelectionLine.tsx';
import { TreeMap } from './map/TreeMap.tsx';
import { type By, placeKey, type Shown, shownStates } from './map/values.ts';
import { addressOf, filterIn, go, placeIn, selectedIn, useAuditPlace, withFilter, withSelected } from './place.ts';
import type { RunTabProps } from './RunPage.tsx';

const fillingMs = 1_000;
/** Until the first cell has a colour. */
const emptyMs = 120;
const restMs = 300;
/** Fewer while it fills and is asked for every second. */
const cellsFilling = 600;
/** One for so many square pixels of the window; more would be dots. In thousands, so that another size of it rarely asks again. */
const areaOfCell = 160;

function cellsStill(): number {
  const fit = Math.round((window.innerWidth * window.innerHeight) / areaOfCell / 1000) * 1000;
  return Math.min(10_000, Math.max(1_000, fit));
}

/** The map of a run and the table of the same places, with one selection. Place, measure and legend stand in the address. */
export function MapTab({ audit, detail }: RunTabProps) {
  const { t } = useWords();
  const { query } = useAuditPlace();
  const filter = filterIn(query);
  const by: By = query.get('by') === 'bytes' ? 'bytes' : 'objects';
  const filling = audit.state === 'running' || audit.state === 'waiting';
  const run = { stackId: audit.stackId, id: audit.id };
  const { bucket, prefix = '' } = filter;
  const map = useCall(
    'audit.map',
    {
      ...run,
      ...(bucket === undefined ? {} : { bucket }),
      prefix: folderOf(prefix),
      by,
      depth: 2,
      cells: filling ? cellsFilling : cellsStill(),
    },
    {
      every: (last) => (!filling ? 3_600_000 : (last?.node.objects.some((count) => count > 0) ?? false) ? fillingMs : emptyMs),
      keepPrevious: true,
    },
  );
  const here = `${bucket ?? ''}/${prefix}`;
  // Of this place: going back in the browser shows another one.
  const [selection, setSelection] = useState<{ in: string; node: MapNode | undefined } | undefined>();
  const select = (chosen: MapNode | undefined): void => setSelection({ in: here, node: chosen });
  const own = selection?.in === here ? selection : undefined;
  useEffect(() => {
    if (!own) return;
    // The address follows when the selection rests; a browser takes only so many changes of it.
    const timer = setTimeout(
      () => go(addressOf(audit.id, 'map', withSelected(placeIn(window.location.hash).query, own.node)), true),
      restMs,
    );
    return () => clearTimeout(timer);
  }, [own, audit.id]);
  const hiddenText = shownStates
    .filter((state) => (state === 'notRead' ? query.get('notRead') === '0' : filter.states && !filter.states.includes(state)))
    .join();
  const hidden = useMemo(() => new Set(hiddenText.split(',').filter((one) => one !== '') as Shown[]), [hiddenText]);

  const move = useCallback(
    (to: { bucket?: string | undefined; prefix: string }): void => {
      setSelection(undefined);
      const { bucket: _, prefix: __, ...rest } = filterIn(query);
      const next = {
        ...rest,
        ...(to.bucket === undefined ? {} : { bucket: to.bucket }),
        ...(to.prefix === '' ? {} : { prefix: to.prefix }),
      };
      go(addressOf(audit.id, 'map', withSelected(withFilter(query, next), undefined)));
    },
    [audit.id, query],
  );
  const climb = useCallback((): void => {
    // The address is ahead of what is drawn: a second key may come before the first one shows.
    const { bucket, prefix = '' } = filterIn(placeIn(window.location.hash).query);
    if (prefix !== '') move({ bucket, prefix: /^(.*\/)[^/]+\/?$/.exec(prefix)?.[1] ?? '' });
    else if (bucket !== undefined) move({ prefix: '' });
  }, [move]);

  function toggle(state: Shown): void {
    const next = new URLSearchParams(query);
    if (state === 'notRead') {
      if (hidden.has(state)) next.delete('notRead');
      else next.set('notRead', '0');
    } else {
      const off = new Set(hidden);
      if (!off.delete(state)) off.add(state);
      const on = shownStates.filter((one) => one !== 'notRead' && !off.has(one));
      if (on.length === shownStates.length - 1) next.delete('states');
      else next.set('states', on.join());
    }
    go(addressOf(audit.id, 'map', next), true);
  }

  function measure(to: string): void {
    const next = new URLSearchParams(query);
    if (to === 'bytes') next.set('by', to);
    else next.delete('by');
    go(addressOf(audit.id, 'map', next), true);
  }

  const node = map.data?.node;
  const chosen = own ? own.node && placeKey(own.node) : selectedIn(query);
  // The newest counts of what is selected, where the map shows it.
  const selected = chosen !== undefined && node ? (find(node, chosen) ?? own?.node) : undefined;
  const shared = { by, hidden, selected: selected && placeKey(selected), onSelect: select, onDive: move, onClimb: climb };
  return (
    <>
      <Legend audit={audit} hidden={hidden} onToggle={toggle} />
      {map.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={map.error} />
        </div>
      ) : null}
      <div className={styles.panes}>
        <div className={styles.left}>
          <div className={styles.above}>
            <nav aria-label={t('audit.map.place')} className={styles.crumbs}>
              {crumbs(bucket, prefix).map((crumb, at, all) => {
                const word = crumb.name ?? t('audit.map.allBuckets');
                return at === all.length - 1 ? (
                  <span key={crumb.prefix + String(crumb.bucket)} aria-current="location" title={word}>
                    {shorten(word, 40)}
                  </span>
                ) : (
                  <button key={crumb.prefix + String(crumb.bucket)} type="button" title={word} onClick={() => move(crumb)}>
                    {shorten(word, 24)}
                  </button>
                );
              })}
            </nav>
            <SegmentedControl
              aria-label={t('audit.map.byLabel')}
              value={by}
              onChange={measure}
              data={(['objects', 'bytes'] as const).map((value) => ({ value, label: t(`audit.map.by.${value}`) }))}
            />
          </div>
          {node ? (
            (node.children?.length ?? 0) === 0 && !filling ? (
              <p className={styles.nothing}>{t('audit.map.nothing')}</p>
            ) : (
              <TreeMap node={node} filling={filling} {...shared} />
            )
          ) : null}
        </div>
        <aside className={styles.right} aria-label={t('audit.map.table')}>
          {node ? <PrefixTable key={placeKey(node)} run={run} node={node} every={filling ? fillingMs * 2 : false} {...shared} /> : null}
          {node ? <SelectionLine audit={audit} node={selected ?? node} buckets={detail?.buckets ?? []} keys={detail?.keys ?? []} /> : null}
        </aside>
      </div>
      <AuditDrawer audit={audit} place={node ?? { prefix: '' }} />
    </>
  );
}

/** The map shows whole folders; a filter's prefix may end within a name. */
function folderOf(prefix: string): string {
  return prefix.slice(0, prefix.lastIndexOf('/') + 1);
}

interface Crumb {
  /** Absent: all buckets. */
  readonly name: string | undefined;
  readonly bucket: string | undefined;
  readonly prefix: string;
}

function crumbs(bucket: string | undefined, prefix: string): Crumb[] {
  const all: Crumb[] = [{ name: undefined, bucket: undefined, prefix: '' }];
  if (bucket === undefined) return all;
  all.push({ name: bucket, bucket, prefix: '' });
  for (const { index } of prefix.matchAll(/\//g)) {
    const part = prefix.slice(0, index + 1);
    all.push({ name: /[^/]*\/$/.exec(part)?.[0] ?? part, bucket, prefix: part });
  }
  return all;
}

function find(node: MapNode, key: string): MapNode | undefined {
  for (const child of node.children ?? []) {
    if (placeKey(child) === key) return child;
    const deeper = find(child, key);
    if (deeper) return deeper;
  }
  return undefined;
}
