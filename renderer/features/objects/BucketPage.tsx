import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconUpload } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { ruleWords } from '../../components/BucketRules.tsx';
import { useStackDocument } from '../../components/cluster.tsx';
import { DrawerContent, useDrawer } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatNumber, shorten } from '../../components/format.ts';
import { type OpenedBy, VirtualGrid } from '../../components/grid/VirtualGrid.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useReadOnly } from '../../components/readOnly/ChangeButton.tsx';
import type { Mark } from '../../components/StateIcon.tsx';
import { useDataOption } from '../../components/useDataOption.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { useDebounced } from '../../wizard/useDebounced.ts';
import { wizardAddress } from '../../wizard/wizards.ts';
import { BucketFacts, NoRule } from './BucketFacts.tsx';
import { Crumbs } from './Crumbs.tsx';
import { LevelBar } from './LevelBar.tsx';
import { LevelEmpty } from './LevelEmpty.tsx';
import { LevelFoot } from './LevelFoot.tsx';
import { LevelWork, type Work } from './LevelWork.tsx';
import { levelColumns } from './levelColumns.tsx';
import { levelEvidence } from './levelEvidence.ts';
import { ObjectCard } from './ObjectCard.tsx';
import { objectCommands } from './objectCommands.ts';
import styles from './objects.module.css';
import { addressOf, encryptSelected, nameBelow, stepsOf } from './place.ts';
import { AsideLine } from './tray/OtherUploads.tsx';
import { PickFiles } from './tray/PickFiles.tsx';
import type { Taken } from './tray/taken.ts';
import { dismissFailure, hide } from './tray/trayStore.ts';
import { UploadTray } from './tray/UploadTray.tsx';
import { type FolderRow, useDropZone } from './tray/useDropZone.ts';
import { useTray } from './tray/useTray.ts';
import { useLevel } from './useLevel.ts';
import { useLevelSelection } from './useLevelSelection.ts';

/** Who moves through rows with the arrows asks the server only about the one where they stay. */
const restMs = 250;

/** The object whose card is open. */
interface OpenCard {
  readonly key: string;
  readonly versionId?: string | undefined;
  /** A new number each time somebody goes into the card; absent: it goes along with the row, and the table keeps the focus. */
  readonly entered?: number | undefined;
}

/** One level of a bucket: folders and objects with their states; files are dropped or picked into it. */
export function BucketPage({ stackId, bucket, prefix }: { stackId: string; bucket: string; prefix: string }) {
  const { t } = useWords();
  const language = useLanguage();
  const { explain } = useSentence();
  const drawer = useDrawer();
  const [, go] = useLocation();
  const wide = useMediaQuery('(min-width: 1500px)', false, { getInitialValueInEffect: false });
  const readOnly = useReadOnly();
  const [versions, setVersions] = useState(false);
  const [contains, setContains] = useState('');
  const [opened, setOpened] = useState<OpenCard | undefined>(undefined);
  const [follows, setFollows] = useState(false);
  const entries = useRef(0);
  const page = useRef<HTMLDivElement>(null);
  const [work, setWork] = useState<Work | undefined>(undefined);
  const [note, setNote] = useState<string | undefined>(undefined);
  const tray = useTray({ stackId, bucket, prefix });
  const { dragging, folder: dropFolder, handlers } = useDropZone(readOnly, take, folderAt);
  const data = useDataOption();
  const document = useStackDocument(stackId);
  const asked = useCall('objects.bucket', { stackId, bucket });
  const head = asked.data;
  const rule = head?.rule.value;
  const { pages, version } = useLevel({ stackId, bucket, prefix, versions, contains });
  const chosen = useLevelSelection(pages);
  const { rows } = chosen;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the pages change with their version
  const objects = useMemo(() => chosen.objects(), [pages, version, chosen.selection?.anchor, chosen.selection?.cursor]);
  const totals = pages.totals();
  const columns = useMemo(() => levelColumns({ prefix, versions, wide }, t, language), [prefix, versions, wide, t, language]);
  const card = useDebounced(opened, follows ? restMs : 0);
  const shownCard = opened === undefined ? undefined : (card ?? opened);
  const trayHere = tray.shown !== undefined || tray.reading !== undefined || tray.failure !== undefined;
  const shut = trayHere && !drawer.open;
  const name = stepsOf(prefix).at(-1) ?? bucket;
  const error = pages.error();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a word about a selection ends with it
  useEffect(() => setNote(undefined), [chosen.selection?.anchor, chosen.selection?.cursor]);

  function folderAt(target: Element): FolderRow | undefined {
    const row = target.closest<HTMLElement>('[data-rank]');
    const folder = row ? pages.row(Number(row.dataset.rank))?.folder : undefined;
    return row && folder !== undefined ? { row, folder } : undefined;
  }

  function take(taken: Taken, below?: string): void {
    tray.take(taken, below);
    setOpened(undefined);
    if (shut) drawer.setOpen(true);
  }

  function show({ key, versionId }: { key: string; versionId?: string | undefined }, by: 'enter' | 'click' | 'follow'): void {
    setFollows(by === 'follow');
    setOpened({ key, versionId, ...(by === 'enter' ? { entered: ++entries.current } : {}) });
    // Somebody may have shut it while it was filled: then it does not open by itself.
    if (by !== 'follow' && shownCard !== undefined && !drawer.open) drawer.setOpen(true);
  }

  /** Whose focus was in the card goes back to the table. */
  function closeCard(): void {
    setOpened(undefined);
    const { activeElement } = window.document;
    if (page.current?.contains(activeElement) === false)
      page.current.querySelector<HTMLElement>('[role="grid"]')?.focus({ preventScroll: true });
  }

  /** Beside the drawer of a narrow window was clicked: the tray is put aside, never given up. */
  function leaveDrawer(): (() => void) | undefined {
    const { shown, failure } = tray;
    if (shownCard !== undefined) return closeCard;
    if (shown) return () => hide(shown.id);
    return failure && !tray.reading ? dismissFailure : undefined;
  }

  function forget(): void {
    chosen.clear();
    setOpened(undefined);
  }

  function open(rank: number, by: OpenedBy): void {
    const row = pages.row(rank);
    if (row?.folder !== undefined) go(addressOf(bucket, row.folder));
    else if (!row?.object || row.object.deleteMarker) return;
    else if (by === 'space' && row.object.key === opened?.key && row.object.versionId === opened.versionId) setOpened(undefined);
    else show(row.object, by === 'enter' ? 'enter' : 'click');
  }

  function onKey(event: KeyboardEvent): boolean {
    if (event.key === 'Escape' && opened !== undefined) setOpened(undefined);
    else if (event.key === 'Escape' && chosen.selection) chosen.clear();
    else if (event.key === 'Delete' && objects.length > 0 && !readOnly) setWork({ kind: 'remove', objects });
    else if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey) && totals.folders + totals.objects > 0)
      chosen.select({ anchor: 0, cursor: totals.folders + totals.objects - 1 });
    else if (event.key === 'Backspace' && prefix !== '') go(addressOf(bucket, stepsOf(prefix).at(-2) ?? ''));
    else return false;
    return true;
  }

  return (
    <div ref={page} className={`sd-fill ${styles.page}`} data-dragging={(dragging && dropFolder === undefined) || undefined} {...handlers}>
      <PageHeader
        above={<Crumbs bucket={bucket} prefix={prefix} />}
        question={shorten(prefix === '' ? name : nameBelow(name, stepsOf(prefix).at(-2) ?? ''), 60)}
        answer={ruleAnswer()}
        below={<BucketFacts head={head} />}
        actions={
          <>
            <Button component={Link} href={wizardAddress('check', bucket, ...(prefix === '' ? [] : [prefix]))}>
              {t('frame.wizard.check')}
            </Button>
            <PickFiles leftSection={<IconUpload size={16} stroke={1.5} aria-hidden />} onTake={take}>
              {t('objects.upload.button')}
            </PickFiles>
          </>
        }
      />
      <LevelBar
        contains={contains}
        onContains={setContains}
        versions={versions}
        onVersions={setVersions}
        loading={totals.loading}
        onRefresh={() => {
          pages.reload();
          void asked.refetch();
        }}
      />
      <LevelWork
        stackId={stackId}
        bucket={bucket}
        prefix={prefix}
        head={head}
        work={work}
        onEnd={() => setWork(undefined)}
        onRemoved={forget}
        onNote={setNote}
      />
      {error && totals.at !== undefined ? (
        <div className={styles.notice}>
          <ErrorNotice error={error} action={<EngineButton onClick={pages.retry}>{t('objects.level.again')}</EngineButton>} />
        </div>
      ) : null}
      {totals.blocked ? (
        <p className={`sd-note ${styles.refused}`} data-mark="fail" role="alert">
          {t('objects.level.blocked', { number: formatNumber(totals.objects, language), reason: explain(totals.blocked).title })}
        </p>
      ) : null}
      <VirtualGrid
        label={t('objects.table')}
        columns={columns}
        pages={pages}
        version={version}
        selection={chosen.selection}
        onSelect={(next) => {
          chosen.select(next);
          const object = pages.row(next.cursor)?.object;
          // An open card goes along.
          if (opened !== undefined && object && !object.deleteMarker) show(object, 'follow');
        }}
        onOpen={open}
        onKey={onKey}
        instead={
          <LevelEmpty pages={pages} contains={contains}>
            <PickFiles variant={trayHere ? 'default' : 'filled'} onTake={take}>
              {t('objects.empty.upload')}
            </PickFiles>
          </LevelEmpty>
        }
      />
      <LevelFoot
        totals={totals}
        searching={contains !== ''}
        versions={versions}
        rows={rows}
        objects={objects}
        note={note}
        encrypt={encryptSelected({ bucket, prefix }, rows === 1 ? chosen.row?.folder : undefined, objects)}
        onDownload={() => setWork({ kind: 'download', objects: objects.filter(({ deleteMarker }) => !deleteMarker) })}
        onRemove={() => setWork({ kind: 'remove', objects })}
        onGoOn={pages.goOn}
      >
        <AsideLine tray={tray} shut={shut} onOpen={() => drawer.setOpen(true)} />
        {readOnly ? null : <span className={styles.dropHere}>{dropWords()}</span>}
      </LevelFoot>
      <DrawerContent
        autoOpen={trayHere || shownCard !== undefined ? 'always' : false}
        onLeave={leaveDrawer()}
        wide={trayHere && shownCard === undefined}
        {...(trayHere || shownCard !== undefined
          ? {}
          : {
              commands: document ? objectCommands(document, { bucket, prefix, versions, object: shownCard, objects, data }) : [],
              lines: levelEvidence({ bucket, head, pages }, t, language),
              evidenceOf: document?.minioClusters[0]?.nodes[0]?.id ?? '',
            })}
      >
        {shownCard !== undefined ? (
          <ObjectCard
            key={`${shownCard.key} ${shownCard.versionId ?? ''}`}
            stackId={stackId}
            bucket={bucket}
            objectKey={shownCard.key}
            listed={pages.objects().find(({ key, versionId }) => key === shownCard.key && versionId === shownCard.versionId)}
            versionId={shownCard.versionId}
            entered={shownCard.entered}
            onVersion={(versionId) => show({ key: shownCard.key, versionId }, 'enter')}
            onDownload={(row) => setWork({ kind: 'download', objects: [row] })}
            onClose={closeCard}
          />
        ) : trayHere ? (
          <UploadTray tray={tray} onOpen={(key) => show({ key }, 'enter')} />
        ) : null}
      </DrawerContent>
    </div>
  );

  function dropWords(): string {
    if (dropFolder !== undefined) return t('objects.upload.dropInto', { name: shorten(nameBelow(dropFolder, prefix), 40) });
    return t(dragging ? 'objects.upload.dropNow' : 'objects.upload.dropHere');
  }

  function ruleAnswer(): { mark: Mark; text: ReactNode } | undefined {
    if (head?.rule.error) return { mark: 'warn', text: t('objects.level.head.unreadRule') };
    if (rule === undefined) return undefined;
    if (rule.kind === 'none') return { mark: 'warn', text: <NoRule bucket={bucket} since={head?.ruleGoneAt} /> };
    return { mark: 'ok', text: t('objects.rule.answer', { rule: ruleWords(rule) }) };
  }
}
