import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useClient, useEvent } from '../../rpc/hooks.ts';
import { createLevelPages, type LevelPages } from './levelPages.ts';

/** What a level of a bucket is asked for. */
export interface LevelOrder {
  readonly stackId: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly versions: boolean;
  /** Names below the prefix with this text, in folders too; '': all of this level. */
  readonly contains: string;
}

const restMs = 1500;

/** The pages of a level, asked anew when objects of its bucket changed: at once, then at most every second and a half. */
export function useLevel(order: LevelOrder): { pages: LevelPages; version: number } {
  const client = useClient();
  const key = JSON.stringify(order);
  const make = (): { key: string; pages: LevelPages } => {
    const { contains, ...place } = order;
    const search = contains === '' ? {} : { contains, folders: false };
    return {
      key,
      pages: createLevelPages((token, limit, signal) =>
        client.call('objects.list', { ...place, ...search, limit, ...(token === undefined ? {} : { token }) }, signal),
      ),
    };
  };
  const [shown, setShown] = useState(make);
  if (shown.key !== key) setShown(make());
  const { pages } = shown;
  useEffect(() => () => pages.stop(), [pages]);

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const last = useRef(0);
  const again = useCallback((): void => {
    if (timer.current !== undefined) return;
    timer.current = setTimeout(
      () => {
        timer.current = undefined;
        last.current = Date.now();
        pages.reload();
      },
      Math.max(0, last.current + restMs - Date.now()),
    );
  }, [pages]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  useEvent('objects.changed', (changed) => {
    if (changed.stackId === order.stackId && changed.bucket === order.bucket) again();
  });
  return { pages, version: useSyncExternalStore(pages.onChange, pages.version) };
}
