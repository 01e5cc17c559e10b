import { useQueries } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import type { Upload, UploadItem } from '../../../../shared/uploads.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatNumber } from '../../../components/format.ts';
import { useWords } from '../../../locales/language.ts';
import { useClient } from '../../../rpc/hooks.ts';
import { ItemRow } from './ItemRow.tsx';
import { type PageOfItems, pagesOf, placeOfRow, segmentsOf, type View, viewsOf } from './segments.ts';
import styles from './tray.module.css';
import { useLeaveOut } from './useLeaveOut.ts';

const rowHeight = 34;
const pageSize = 100;
const liveMs = 1000;

interface ItemListProps {
  upload: Upload;
  scroller: RefObject<HTMLDivElement | null>;
  onOpen(key: string): void;
}

/** Files of an upload: only rows in sight exist, and only their pages are asked for, however many there are. */
export function ItemList({ upload, scroller, onOpen }: ItemListProps) {
  const { t, language } = useWords();
  const list = useRef<HTMLUListElement>(null);
  const [margin, setMargin] = useState(0);
  const [wanted, setView] = useState<View>('now');
  const views = viewsOf(upload);
  const view = views.some((one) => one.view === wanted) ? wanted : 'now';
  const segments = segmentsOf(upload, view);
  const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
  // What stands above the list grows and shrinks with the choice.
  useLayoutEffect(() => setMargin(list.current?.offsetTop ?? 0));
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: margin,
  });
  const shown = virtual.getVirtualItems();
  const { error, leaveOut, tabIndexOf, onKeyDown } = useLeaveOut({
    upload,
    list,
    scroller,
    count: rows,
    shown: shown.map(({ index }) => index),
    scrollTo: (index) => virtual.scrollToIndex(index),
  });
  const itemOf = useItems(
    upload,
    pagesOf(
      segments,
      shown.map(({ index }) => index),
      pageSize,
    ),
  );
  if (rows === 0 && views.length === 0) return null;
  return (
    <>
      {error ? <ErrorNotice error={error} /> : null}
      {views.length === 0 ? null : (
        <fieldset className={styles.views} aria-label={t('objects.tray.views')}>
          {[{ view: 'now' as const, count: 0 }, ...views].map((one) => (
            <button key={one.view} type="button" aria-pressed={one.view === view} onClick={() => setView(one.view)}>
              {t(`objects.tray.view.${one.view}`, { number: formatNumber(one.count, language) })}
            </button>
          ))}
        </fieldset>
      )}
      <ul
        ref={list}
        onKeyDown={onKeyDown}
        className={styles.files}
        style={{ height: virtual.getTotalSize() }}
        aria-label={t('objects.tray.list')}
      >
        {shown.map(({ index, start, key }) => {
          const place = placeOfRow(segments, index);
          const item = place && itemOf(place.segment.states, place.segment.conflicts, place.rank);
          return (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              className={styles.place}
              aria-posinset={index + 1}
              aria-setsize={rows}
              style={{ transform: `translateY(${start - margin}px)` }}
            >
              {item ? (
                <ItemRow item={item} upload={upload} view={view} onOpen={onOpen} onLeaveOut={leaveOut} tabIndex={tabIndexOf(index)} />
              ) : (
                <div className={styles.file} aria-busy />
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

type ItemOf = (states: readonly UploadItem['state'][], conflicts: boolean, rank: number) => UploadItem | undefined;

/** The pages of items that are in sight; while the upload runs they are asked for each second. */
function useItems({ stackId, id, phase }: Upload, pages: readonly PageOfItems[]): ItemOf {
  const client = useClient();
  const nameOf = (states: readonly string[], conflicts: boolean, offset: number): string => `${states.join()} ${conflicts} ${offset}`;
  const answers = useQueries({
    queries: pages.map(({ states, conflicts, offset }) => {
      const input = { stackId, id, conflicts, offset, limit: pageSize, ...(states.length === 0 ? {} : { states: [...states] }) };
      return {
        queryKey: ['uploads.items', input],
        queryFn: ({ signal }: { signal: AbortSignal }) => client.call('uploads.items', input, signal),
        refetchInterval: phase === 'running' ? liveMs : (false as const),
      };
    }),
  });
  const known = new Map(pages.map(({ states, conflicts, offset }, at) => [nameOf(states, conflicts, offset), answers[at]?.data?.items]));
  return (states, conflicts, rank) => {
    const offset = Math.floor(rank / pageSize) * pageSize;
    return known.get(nameOf(states, conflicts, offset))?.[rank - offset];
  };
}
