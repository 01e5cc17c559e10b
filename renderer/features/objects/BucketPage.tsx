import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconUpload } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { ruleWords } from '../../components/BucketRules.tsx';
import { DrawerContent, useDrawer } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatNumber, shorten } from '../../components/format.ts';
import { VirtualGrid } from '../../components/grid/VirtualGrid.tsx';
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
import { addressOf, encryptAddress, nameBelow, stepsOf } from './place.ts';
import { AsideLine } from './tray/OtherUploads.tsx';
import { PickFiles } from './tray/PickFiles.tsx';
import type { Taken } from './tray/taken.ts';
import { UploadTray } from './tray/UploadTray.tsx';
import { useDropZone } from './tray/useDropZone.ts';
import { useTray } from './tray/useTray.ts';
import { useLevel } from './useLevel.ts';
import { useLevelSelection } from './useLevelSelection.ts';

/** Who moves through rows with the arrows asks the server only about the one where they stay. */
const restMs = 250;

/** One level of a bucket: folders and objects with their states; files are dropped or picked into it. */
export function BucketPage({ stackId, bucket, prefix }: { stackId: string; bucket: string; prefix: string }) {
  const { t } = useWords();
  const language = useLanguage();
  const { explain } = useSentence();
  const drawer = useDrawer();
  const [, go] = useLocation();
  const narrow = useMediaQuery('(max-width: 1199px)', false, { getInitialValueInEffect: false });
  const wide = useMediaQuery('(min-width: 1500px)', false, { getInitialValueInEffect: false });
  const readOnly = useReadOnly();
  const [versions, setVersions] = useState(false);
  const [contains, setContains] = useState('');
  const [opened, setOpened] = useState<{ key: string; versionId?: string | undefined } | undefined>(undefined);
  const [work, setWork] = useState<Work | undefined>(undefined);
  const [note, setNote] = useState<string | undefined>(undefined);
  const tray = useTray({ stackId, bucket, prefix });
  const { dragging, handlers } = useDropZone(readOnly, take);
  const data = useDataOption();
  const document = useCall('stacks.get', { id: stackId }).data;
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
  const card = useDebounced(opened, opened === undefined ? 0 : restMs);
  const shownCard = opened === undefined ? undefined : (card ?? opened);
  const trayHere = tray.shown !== undefined || tray.reading !== undefined || tray.failure !== undefined;
  const name = stepsOf(prefix).at(-1) ?? bucket;
  const error = pages.error();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a word about a selection ends with it
  useEffect(() => setNote(undefined), [chosen.selection?.anchor, chosen.selection?.cursor]);

  function take(taken: Taken): void {
    tray.take(taken);
    setOpened(undefined);
    if (narrow) drawer.setOpen(true);
  }

  function show(key: string, versionId?: string): void {
    setOpened({ key, versionId });
    if (narrow) drawer.setOpen(true);
  }

  function forget(): void {
    chosen.clear();
    setOpened(undefined);
  }

  function open(rank: number): void {
    const row = pages.row(rank);
    if (row?.folder !== undefined) go(addressOf(bucket, row.folder));
    else if (row?.object && !row.object.deleteMarker) show(row.object.key, row.object.versionId);
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
    <div className={`sd-fill ${styles.page}`} data-dragging={dragging || undefined} {...handlers}>
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
          <ErrorNotice error={error} action={<Button onClick={pages.retry}>{t('objects.level.again')}</Button>} />
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
          if (opened !== undefined && object && !object.deleteMarker) setOpened({ key: object.key, versionId: object.versionId });
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
        encryptHref={encryptAddress(bucket, objects)}
        onDownload={() => setWork({ kind: 'download', objects: objects.filter(({ deleteMarker }) => !deleteMarker) })}
        onRemove={() => setWork({ kind: 'remove', objects })}
        onGoOn={pages.goOn}
      >
        <AsideLine tray={tray} />
        {readOnly ? null : <span className={styles.dropHere}>{t(dragging ? 'objects.upload.dropNow' : 'objects.upload.dropHere')}</span>}
      </LevelFoot>
      <DrawerContent
        autoOpen={trayHere || shownCard !== undefined}
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
            onVersion={(versionId) => setOpened({ key: shownCard.key, versionId })}
            onDownload={(row) => setWork({ kind: 'download', objects: [row] })}
            onClose={() => setOpened(undefined)}
          />
        ) : trayHere ? (
          <UploadTray tray={tray} onOpen={(key) => show(key)} />
        ) : null}
      </DrawerContent>
    </div>
  );

  function ruleAnswer(): { mark: Mark; text: ReactNode } | undefined {
    if (head?.rule.error) return { mark: 'warn', text: t('objects.level.head.unreadRule') };
    if (rule === undefined) return undefined;
    if (rule.kind === 'none') return { mark: 'warn', text: <NoRule since={head?.ruleGoneAt} /> };
    return { mark: 'ok', text: t('objects.rule.answer', { rule: ruleWords(rule) }) };
  }
}
