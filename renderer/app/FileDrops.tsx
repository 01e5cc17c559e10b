import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { clusterMark } from '../../shared/projected.ts';
import { useCurrentStack } from '../components/currentStack.ts';
import { useReadOnly } from '../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../components/StateIcon.tsx';
import { addressOf } from '../features/objects/place.ts';
import { type Taken, takenOf } from '../features/objects/tray/taken.ts';
import { useWords } from '../locales/language.ts';
import { useClient, useClusterScope } from '../rpc/hooks.ts';
import styles from './fileDrops.module.css';

const staysMs = 6_000;

/**
 * Files over the window, wherever no page or field takes them itself: a row of a bucket (`data-drop-bucket`) takes them into a
 * tray; elsewhere nothing happens, the browser does not leave for them, and a notice says where they can be dropped.
 */
export function FileDrops() {
  const { t } = useWords();
  const client = useClient();
  const { cluster } = useClusterScope();
  const [, go] = useLocation();
  const stackId = useCurrentStack().stack?.id;
  const readOnly = useReadOnly();
  const [told, setTold] = useState(false);
  const takes = useRef<(bucket: string, taken: Taken) => void>(() => undefined);
  takes.current = (bucket, taken) => {
    if (stackId === undefined) return;
    void import('../features/objects/tray/trayStore.ts').then(({ takeFiles }) =>
      takeFiles(client, { stackId, ...clusterMark(cluster), bucket, prefix: '' }, taken),
    );
    go(addressOf(bucket));
  };

  useEffect(() => {
    let marked: HTMLElement | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const mark = (row: HTMLElement | undefined): void => {
      if (row === marked) return;
      marked?.removeAttribute('data-over');
      row?.setAttribute('data-over', '');
      marked = row;
    };
    const tell = (on: boolean): void => {
      clearTimeout(timer);
      if (on) timer = setTimeout(() => setTold(false), staysMs);
      setTold(on);
    };
    const rowAt = ({ target }: DragEvent): HTMLElement | undefined =>
      readOnly || !(target instanceof Element) ? undefined : (target.closest<HTMLElement>('[data-drop-bucket]') ?? undefined);

    const onDragOver = (event: DragEvent): void => {
      const { dataTransfer } = event;
      if (!dataTransfer || !leadsAway(event)) return;
      const taken = event.defaultPrevented && dataTransfer.dropEffect !== 'none';
      event.preventDefault();
      const row = taken ? undefined : rowAt(event);
      if (!taken) dataTransfer.dropEffect = row ? 'copy' : 'none';
      mark(row);
      tell(!taken && !row && dataTransfer.types.includes('Files'));
    };
    const onDrop = (event: DragEvent): void => {
      mark(undefined);
      if (event.defaultPrevented || !event.dataTransfer || !leadsAway(event)) return;
      event.preventDefault();
      const bucket = rowAt(event)?.dataset.dropBucket;
      if (bucket !== undefined && event.dataTransfer.types.includes('Files')) takes.current(bucket, takenOf(event.dataTransfer));
      else tell(true);
    };
    const onDragLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) mark(undefined);
    };
    window.addEventListener('dragover', onDragOver);
    window.addEventListener('drop', onDrop);
    window.addEventListener('dragleave', onDragLeave);
    return () => {
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('drop', onDrop);
      window.removeEventListener('dragleave', onDragLeave);
      mark(undefined);
      clearTimeout(timer);
    };
  }, [readOnly]);

  // Always there, so that what appears in it is read out.
  return (
    <div role="status" className={styles.place}>
      {told ? (
        <p className={styles.notice}>
          <StateIcon mark="info" silent />
          <span>{t(stackId === undefined ? 'frame.drop.noStack' : readOnly ? 'frame.drop.readOnly' : 'frame.drop.where')}</span>
        </p>
      ) : null}
    </div>
  );
}

/** What a browser would open in place of the window: files, and links where no text is written. */
function leadsAway({ dataTransfer, target }: DragEvent): boolean {
  const types = dataTransfer?.types ?? [];
  if (types.includes('Files')) return true;
  const writes = target instanceof Element && target.closest('input, textarea, [contenteditable]') !== null;
  return types.includes('text/uri-list') && !writes;
}
