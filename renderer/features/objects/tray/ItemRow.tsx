import { ActionIcon, Loader, Progress } from '@mantine/core';
import { IconPlayerPauseFilled, IconX } from '@tabler/icons-react';
import type { Upload, UploadItem } from '../../../../shared/uploads.ts';
import { formatBytes, formatFull, formatWhen } from '../../../components/format.ts';
import { RowName } from '../../../components/grid/RowName.tsx';
import { ObjectStateBadge } from '../../../components/ObjectStateBadge.tsx';
import { type Mark, StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useLostAt } from '../../../rpc/hooks.ts';
import type { View } from './segments.ts';
import styles from './tray.module.css';

const tailLetters = 14;
const marks: Partial<Record<UploadItem['state'], Mark>> = { done: 'ok', alarm: 'fail', failed: 'fail', refused: 'warn' };

interface ItemRowProps {
  item: UploadItem;
  upload: Upload;
  view: View;
  onOpen(key: string): void;
  onLeaveOut(n: number): void;
  /** Of the button for that. */
  tabIndex: 0 | -1;
}

/** One file: on its way with a bar, or with the state that was read back and when; what landed opens its card, what is not sent yet can be left out. */
export function ItemRow({ item, upload, view, onOpen, onLeaveOut, tabIndex }: ItemRowProps) {
  const { t, language } = useWords();
  const { explain, sentence } = useSentence();
  const lost = useLostAt() !== undefined;
  const { state, path, key, size, landed, error, warning, missing } = item;
  const name = (
    <span className={styles.fileName}>
      <RowName name={path} tailLetters={tailLetters} />
    </span>
  );
  const held = state === 'sending' && upload.phase !== 'running';
  const there = landed !== undefined;
  return (
    <>
      <div className={styles.file} data-state={state}>
        {held ? (
          <IconPlayerPauseFilled size={14} color="var(--sd-t2)" aria-hidden />
        ) : state === 'sending' || state === 'checking' ? (
          <Loader size={14} />
        ) : (
          <StateIcon mark={missing ? 'warn' : (marks[state] ?? 'absent')} silent />
        )}
        {there ? (
          <button
            type="button"
            className={styles.open}
            aria-label={t('objects.tray.openCard', { name: path, state: t(`components.state.${landed.state}`) })}
            onClick={() => onOpen(key)}
          >
            {name}
          </button>
        ) : (
          name
        )}
        <span className={styles.progress}>
          <Progressed item={item} held={held} view={view} />
        </span>
        <span className={styles.size}>{formatBytes(size, language)}</span>
        {upload.phase === 'staged' && state === 'waits' ? (
          <ActionIcon
            size={22}
            data-leave
            tabIndex={tabIndex}
            disabled={lost}
            title={t('objects.tray.leaveOut')}
            aria-label={t('objects.tray.leaveOutNamed', { name: path })}
            onClick={() => onLeaveOut(item.n)}
          >
            <IconX size={14} stroke={1.5} />
          </ActionIcon>
        ) : null}
      </div>
      {warning && state === 'waits' ? <p className={styles.fileError}>{sentence(warning)}</p> : null}
      {error && error.code !== 'uploadLandedOtherwise' ? (
        <p className={styles.fileError}>{`${explain(error).title}\n${explain(error).next}`}</p>
      ) : null}
    </>
  );
}

function Progressed({ item, held, view }: { item: UploadItem; held: boolean; view: View }) {
  const { t, language } = useWords();
  const { state, path, size, sent, landed, endedAt, exists } = item;
  const part = size === 0 ? 0 : Math.floor((sent / size) * 100);
  if (view === 'conflicts' && exists) {
    return (
      <>
        {exists.encryption ? <ObjectStateBadge state={exists.encryption.state} size={14} /> : null}
        {t('objects.tray.there', { size: formatBytes(exists.size, language) })}
      </>
    );
  }
  if (state === 'sending') {
    return (
      <>
        <Progress value={part} w={84} aria-label={t('objects.tray.sending', { name: path, part })} />
        {held ? t('objects.tray.heldAt', { part }) : null}
      </>
    );
  }
  if (landed) {
    return (
      <>
        <ObjectStateBadge state={landed.state} size={14} />
        {endedAt === undefined ? null : (
          <time className={styles.backAt} dateTime={endedAt} title={t('objects.tray.backAt', { time: formatFull(endedAt, language) })}>
            {state === 'alarm' ? t('objects.tray.didAlarm') : formatWhen(endedAt, language, true)}
          </time>
        )}
      </>
    );
  }
  const words = {
    waits: 'objects.tray.waits',
    checking: 'objects.tray.checking',
    failed: 'objects.tray.didFail',
    alarm: 'objects.tray.didAlarm',
    skipped: 'objects.tray.skipped',
    cancelled: 'objects.tray.stopped',
    refused: 'objects.tray.refused',
    done: 'objects.tray.readBack',
  } as const;
  return <>{t(item.missing ? 'objects.tray.missing' : words[state])}</>;
}
