import { useEffect, useRef } from 'react';
import { type BucketHead, type ObjectRow, removeResult } from '../../../shared/objects.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatNumber } from '../../components/format.ts';
import { useLanguage, useWords } from '../../locales/language.ts';
import { useCall, useEvent } from '../../rpc/hooks.ts';
import { DownloadDialog } from './DownloadDialog.tsx';
import styles from './objects.module.css';
import { RemoveDialog } from './RemoveDialog.tsx';
import { mostDownloads, useDownload } from './useDownload.ts';

/** What was asked for with selected objects. */
export interface Work {
  readonly kind: 'download' | 'remove';
  readonly objects: readonly ObjectRow[];
}

interface LevelWorkProps {
  stackId: string;
  bucket: string;
  prefix: string;
  head: BucketHead | undefined;
  work: Work | undefined;
  onEnd(): void;
  /** What was selected is on its way out. */
  onRemoved(): void;
  onNote(note: string | undefined): void;
}

const mostRemoved = 10_000;

/** Carries out what was asked for with a selection, and says what came of it. */
export function LevelWork({ stackId, bucket, prefix, head, work, onEnd, onRemoved, onNote }: LevelWorkProps) {
  const { t } = useWords();
  const language = useLanguage();
  const onDesktop = useCall('app.info', {}).data?.host === 'desktop';
  const download = useDownload(stackId, bucket);
  const number = (value: number): string => formatNumber(value, language);
  // A dialog that is taken away gives its focus to nobody.
  const before = useRef<Element | null>(null);
  if (work) before.current ??= window.document.activeElement;
  useEffect(() => {
    if (work) return;
    if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
    before.current = null;
  }, [work]);
  const inBrowser = work?.kind === 'download' && !onDesktop;

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each order
  useEffect(() => {
    if (!inBrowser || !work) return;
    onEnd();
    const { length } = work.objects;
    if (length > mostDownloads) return onNote(t('objects.level.download.tooMany', { most: number(mostDownloads) }));
    void download
      .start(work.objects)
      .then((count) => onNote(count === 0 ? undefined : t('objects.level.download.started', { count, number: number(count) })));
  }, [work]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each order
  useEffect(() => {
    if (work?.kind !== 'remove' || work.objects.length <= mostRemoved) return;
    onEnd();
    onNote(t('objects.level.remove.tooMany', { most: number(mostRemoved) }));
  }, [work]);

  useEvent('jobs.changed', (job) => {
    // Of this place alone: others may be removing elsewhere.
    if (job.title.code !== 'objectsRemoving' || job.stackId !== stackId || job.title.params?.bucket !== bucket) return;
    const result = job.state === 'succeeded' ? removeResult.safeParse(job.result) : undefined;
    if (result?.success && result.data.failures > 0)
      onNote(t('objects.level.failed.removed', { count: result.data.failures, number: number(result.data.failures) }));
  });

  if (work?.kind === 'remove' && work.objects.length <= mostRemoved)
    return (
      <RemoveDialog
        stackId={stackId}
        bucket={bucket}
        objects={work.objects}
        versioning={head?.versioning.value}
        lock={head?.lock.value?.on ?? false}
        onClose={onEnd}
        onStarted={() => {
          onEnd();
          onRemoved();
        }}
      />
    );
  if (work?.kind === 'download' && onDesktop)
    return <DownloadDialog stackId={stackId} bucket={bucket} prefix={prefix} objects={work.objects} onClose={onEnd} onStarted={onEnd} />;
  return download.error ? (
    <div className={styles.notice}>
      <ErrorNotice error={download.error} />
    </div>
  ) : null;
}
