import { Button } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Upload } from '../../../../shared/uploads.ts';
import { DrawerHead } from '../../../components/DrawerHead.tsx';
import pane from '../../../components/drawerPane.module.css';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatBytes, formatNumber, shorten } from '../../../components/format.ts';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { AlarmNote } from './AlarmNote.tsx';
import { Conflicts } from './Conflicts.tsx';
import { choiceOf, type Draft, firstDraft } from './choice.ts';
import { DropNotes } from './DropNotes.tsx';
import { EncryptionChoice } from './EncryptionChoice.tsx';
import { ItemList } from './ItemList.tsx';
import { OtherUploads } from './OtherUploads.tsx';
import { ReadingLine } from './ReadingLine.tsx';
import { TargetField } from './TargetField.tsx';
import { Totals } from './Totals.tsx';
import { TrayFoot } from './TrayFoot.tsx';
import { restOf } from './totals.ts';
import styles from './tray.module.css';
import { dismissFailure, hide, type TrayState } from './trayStore.ts';
import type { Tray } from './useTray.ts';

/** The drawer's content while files are read, staged, sent or just ended: nothing when the bucket has no upload to show. */
export function UploadTray({ tray, onOpen }: { tray: Tray; onOpen(key: string): void }) {
  const { t } = useWords();
  const { shown, reading, failure } = tray;
  return (
    <section className={pane.pane} aria-labelledby="upload-tray" data-testid="upload-tray">
      {shown ? (
        <OneUpload key={shown.id} upload={shown} tray={tray} onOpen={onOpen} />
      ) : reading ? (
        <ReadingAlone tray={tray} />
      ) : failure ? (
        <>
          <DrawerHead id="upload-tray" title={t('objects.tray.notTaken')} close={t('objects.tray.close')} onClose={dismissFailure} />
          <div className={pane.body}>
            <ErrorNotice error={failure.error} />
          </div>
        </>
      ) : null}
    </section>
  );
}

/** Why a drop was not taken, until it was read. */
function Failure({ failure: { error } }: { failure: NonNullable<TrayState['failure']> }) {
  const { t } = useWords();
  return <ErrorNotice error={error} action={<Button onClick={dismissFailure}>{t('objects.tray.failureRead')}</Button>} />;
}

function ReadingAlone({ tray }: { tray: Tray }) {
  const { t } = useWords();
  return (
    <>
      <DrawerHead id="upload-tray" title={t('objects.tray.reading')} />
      <div className={`${pane.body} ${styles.body}`}>{tray.reading ? <ReadingLine reading={tray.reading} /> : null}</div>
    </>
  );
}

function OneUpload({ upload, tray, onOpen }: { upload: Upload; tray: Tray; onOpen(key: string): void }) {
  const { t, language } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useFreshItems(upload);
  const forget = useAction('uploads.remove');
  const { id, stackId, bucket, prefix, phase, files, bytes } = upload;
  const [refused, setRefused] = useState(false);
  // What stopped by itself, or was refused when it was to go on, may need another choice.
  const choosing = phase === 'staged' || phase === 'alarm' || (phase === 'paused' && (refused || upload.error !== undefined));
  const choices = useCall('uploads.choices', { stackId, bucket }, { enabled: choosing });
  const [changed, setChanged] = useState<Draft | undefined>(undefined);
  const [onConflict, setOnConflict] = useState(upload.onConflict);
  const [looking, setLooking] = useState(false);
  const [moving, setMoving] = useState(false);
  const [keyFails, setKeyFails] = useState(false);
  // What could not be read is not taken for missing.
  const rule = useCall('minio.buckets', { stackId }).data?.buckets.find(({ name }) => name === bucket)?.rule;
  const draft = changed ?? (choices.data && firstDraft(choices.data, rule?.kind !== 'none', upload));
  const choice = draft && !keyFails ? choiceOf(draft) : undefined;
  const own = tray.state.own.has(id);
  const still = phase === 'staged' || phase === 'ended';

  return (
    <>
      <DrawerHead
        id="upload-tray"
        heading={heading}
        title={
          <>
            {t('objects.tray.title', { count: files, number: formatNumber(files, language), size: formatBytes(bytes, language) })}
            <span className={styles.target} title={prefix === '' ? bucket : prefix}>
              {t('objects.tray.target', { place: shorten(prefix === '' ? bucket : prefix, 22) })}
            </span>
          </>
        }
        {...(still
          ? { close: t('objects.tray.close'), onClose: () => void forget.run({ stackId, id }) }
          : { close: t('objects.tray.hide'), onClose: () => hide(id), icon: <IconChevronDown size={16} stroke={1.5} /> })}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className={`${pane.body} ${styles.body}`} ref={body} tabIndex={0}>
        {upload.alarm ? <AlarmNote upload={upload} alarm={upload.alarm} /> : null}
        {upload.error ? phase === 'running' ? <Waiting error={upload.error} /> : <ErrorNotice error={upload.error} /> : null}
        {tray.failure ? <Failure failure={tray.failure} /> : null}
        {forget.error ? <ErrorNotice error={forget.error} /> : null}
        <OtherUploads tray={tray} />
        {tray.reading ? <ReadingLine reading={tray.reading} /> : null}
        <DropNotes upload={upload} note={tray.state.notes.get(id)} own={own} />
        {phase === 'staged' && files > 0 ? <TargetField upload={upload} onBusy={setMoving} /> : null}
        {choosing && !(phase === 'alarm' && restOf(upload) === 0) ? (
          choices.error ? (
            <ErrorNotice error={choices.error} />
          ) : choices.data && draft ? (
            <EncryptionChoice upload={upload} choices={choices.data} draft={draft} onChange={setChanged} onKeyFails={setKeyFails} />
          ) : (
            <p className={styles.quiet}>{t('objects.tray.asking')}</p>
          )
        ) : null}
        {phase === 'staged' && files > 0 ? (
          <Conflicts
            upload={upload}
            versioning={choices.data?.versioning}
            value={onConflict}
            onChange={setOnConflict}
            onLooking={setLooking}
          />
        ) : null}
        {phase === 'staged' ? null : <Totals upload={upload} />}
        <ItemList upload={upload} scroller={body} onOpen={onOpen} />
      </div>
      <TrayFoot
        upload={upload}
        choosing={choosing}
        choice={choice}
        onRefused={() => setRefused(true)}
        onConflict={onConflict}
        busy={looking || moving || tray.reading !== undefined}
      />
    </>
  );
}

/** It goes on by itself when what it waits for is there again. */
function Waiting({ error }: { error: NonNullable<Upload['error']> }) {
  const { explain } = useSentence();
  const { title, next } = explain(error);
  return (
    <div className="sd-note" data-mark="warn" role="status">
      <StateIcon mark="warn" silent />
      <div>
        <p className={styles.noteTitle}>{title}</p>
        <p>{next}</p>
      </div>
    </div>
  );
}

/** Rows are asked again when the engine says that something changed; while it sends, the list asks each second by itself. */
function useFreshItems({ id, phase, files, conflicts, counts }: Upload): void {
  const queries = useQueryClient();
  const seen = phase === 'running' ? phase : JSON.stringify([phase, files, conflicts, counts]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was seen is the reason to ask again
  useEffect(() => {
    void queries.invalidateQueries({
      predicate: ({ queryKey: [name, input] }) => name === 'uploads.items' && (input as { id?: string } | undefined)?.id === id,
    });
  }, [queries, id, seen]);
}
