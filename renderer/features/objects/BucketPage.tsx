import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconFiles, IconUpload } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import { Link } from 'wouter';
import type { AppError } from '../../../shared/rpc/errors.ts';
import { ruleWords } from '../../components/BucketRules.tsx';
import { DrawerContent, useDrawer } from '../../components/drawer.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatNumber, shorten } from '../../components/format.ts';
import type { EvidenceText } from '../../components/hops.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useReadOnly } from '../../components/readOnly/ChangeButton.tsx';
import type { Mark } from '../../components/StateIcon.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useCall, useClient } from '../../rpc/hooks.ts';
import { wizardAddress } from '../../wizard/wizards.ts';
import { ObjectCard } from './ObjectCard.tsx';
import { ObjectTable } from './ObjectTable.tsx';
import { objectCommands } from './objectCommands.ts';
import styles from './objects.module.css';
import { addressOf, nameBelow, stepsOf } from './place.ts';
import { AsideLine } from './tray/OtherUploads.tsx';
import { PickFiles } from './tray/PickFiles.tsx';
import type { Taken } from './tray/trayStore.ts';
import { UploadTray } from './tray/UploadTray.tsx';
import { useDropZone } from './tray/useDropZone.ts';
import { useTray } from './tray/useTray.ts';

type Listing = Output<'objects.list'>;

/** One level of a bucket: folders and objects with their states; files are dropped or picked into it. */
export function BucketPage({ stackId, bucket, prefix }: { stackId: string; bucket: string; prefix: string }) {
  const { t } = useWords();
  const language = useLanguage();
  const client = useClient();
  const drawer = useDrawer();
  const narrow = useMediaQuery('(max-width: 1199px)', false, { getInitialValueInEffect: false });
  const [selected, setSelected] = useState<string | undefined>(undefined);
  const readOnly = useReadOnly();
  const tray = useTray({ stackId, bucket, prefix });
  const { dragging, handlers } = useDropZone(readOnly, take);
  const document = useCall('stacks.get', { id: stackId }).data;
  const rule = useCall('minio.buckets', { stackId }).data?.buckets.find(({ name }) => name === bucket)?.rule;
  const input = { stackId, bucket, prefix };
  const list = useInfiniteQuery<
    Listing,
    AppError,
    { prefixes: string[]; objects: Listing['objects'] },
    readonly unknown[],
    string | undefined
  >({
    queryKey: ['objects.list', input, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      client.call('objects.list', { ...input, ...(pageParam === undefined ? {} : { token: pageParam }) }, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next,
    select: ({ pages }) => ({
      prefixes: [...new Set(pages.flatMap((page) => page.prefixes))],
      objects: pages.flatMap((page) => page.objects),
    }),
  });
  const shown = list.data;
  const row = list.data?.objects.find(({ key }) => key === selected);
  const trayHere = tray.shown !== undefined || tray.reading !== undefined || tray.failure !== undefined;
  const name = stepsOf(prefix).at(-1) ?? bucket;

  function take(taken: Taken): void {
    tray.take(taken);
    setSelected(undefined);
    if (narrow) drawer.setOpen(true);
  }

  function select(key: string): void {
    setSelected(key);
    if (narrow) drawer.setOpen(true);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping has its twin in the Upload button
    <div className={`sd-fill ${styles.page}`} data-dragging={dragging || undefined} {...handlers}>
      <PageHeader
        above={<Crumbs bucket={bucket} prefix={prefix} />}
        question={shorten(prefix === '' ? name : nameBelow(name, stepsOf(prefix).at(-2) ?? ''), 60)}
        answer={ruleAnswer()}
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
      {list.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={list.error} />
        </div>
      ) : null}
      {shown && shown.prefixes.length + shown.objects.length === 0 ? (
        <div className={styles.table}>
          <EmptyState
            picture={<IconFiles size={36} stroke={1} aria-hidden />}
            question={t('objects.empty.question')}
            sentence={t('objects.empty.sentence')}
            action={
              <PickFiles variant={trayHere ? 'default' : 'filled'} onTake={take}>
                {t('objects.empty.upload')}
              </PickFiles>
            }
          />
        </div>
      ) : shown ? (
        <ObjectTable
          prefixes={shown.prefixes}
          objects={shown.objects}
          prefix={prefix}
          selected={selected}
          hrefOf={(folder) => addressOf(bucket, folder)}
          onSelect={select}
        />
      ) : (
        <div className={styles.table} aria-busy={list.isPending}>
          {list.isPending ? <p className={styles.loading}>{t('objects.loading')}</p> : null}
        </div>
      )}
      <div className="sd-foot">
        <span className={styles.total}>{shown ? total(shown) : ''}</span>
        {list.hasNextPage ? (
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('objects.more')}
          </Button>
        ) : null}
        <AsideLine tray={tray} />
        {readOnly ? null : <span className={styles.dropHere}>{t(dragging ? 'objects.upload.dropNow' : 'objects.upload.dropHere')}</span>}
      </div>
      <DrawerContent
        autoOpen={trayHere || selected !== undefined}
        wide={trayHere && selected === undefined}
        {...(trayHere && selected === undefined
          ? {}
          : {
              commands: document ? objectCommands(document, bucket, prefix, selected) : [],
              lines: evidence(),
              evidenceOf: document?.minioClusters[0]?.nodes[0]?.id ?? '',
            })}
      >
        {selected !== undefined ? (
          <ObjectCard
            key={selected}
            stackId={stackId}
            bucket={bucket}
            objectKey={selected}
            listed={row}
            rule={rule}
            onClose={() => setSelected(undefined)}
          />
        ) : trayHere ? (
          <UploadTray tray={tray} onOpen={select} />
        ) : null}
      </DrawerContent>
    </div>
  );

  function ruleAnswer(): { mark: Mark; text: string } | undefined {
    if (rule === undefined) return undefined;
    if (rule.kind === 'none') return { mark: 'warn', text: t('objects.rule.answerNone') };
    return { mark: 'ok', text: t('objects.rule.answer', { rule: ruleWords(rule) }) };
  }

  function evidence(): EvidenceText[] {
    if (!list.data || list.dataUpdatedAt === 0) return [];
    const at = new Date(list.dataUpdatedAt).toISOString();
    const { objects } = list.data;
    const known = objects.filter(({ encryption }) => encryption.state !== 'unknown' && encryption.state !== 'notRead').length;
    const number = (value: number): string => formatNumber(value, language);
    const counted = t('objects.evidence.listed', { count: objects.length, number: number(objects.length), known: number(known) });
    const ruled = t(`objects.evidence.rule.${rule?.kind ?? 'unread'}`, {
      bucket: shorten(bucket, 32),
      key: rule?.kind === 'sse-kms' ? rule.key : '',
    });
    return [
      { mark: rule === undefined ? 'info' : rule.kind === 'none' ? 'warn' : 'ok', text: ruled, at },
      { mark: known === objects.length ? 'ok' : 'warn', text: counted, at },
    ];
  }

  function total({ objects, prefixes }: { objects: readonly unknown[]; prefixes: readonly unknown[] }): string {
    const number = (value: number): string => formatNumber(value, language);
    const counted = t('objects.total.objects', { count: objects.length, number: number(objects.length) });
    const folders = t('objects.total.folders', { count: prefixes.length, number: number(prefixes.length) });
    const both = prefixes.length === 0 ? counted : t('objects.total.both', { objects: counted, folders });
    return list.hasNextPage ? t('objects.total.more', { shown: both }) : both;
  }
}

function Crumbs({ bucket, prefix }: { bucket: string; prefix: string }) {
  const { t } = useWords();
  const steps = stepsOf(prefix);
  const parents = prefix === '' ? [] : ['', ...steps.slice(0, -1)];
  return (
    <nav className={styles.crumbs} aria-label={t('objects.crumbs')}>
      <Link href="/objects">{t('objects.buckets.all')}</Link>
      {parents.map((step, at) => (
        <Fragment key={step}>
          <span aria-hidden>/</span>
          <Link href={addressOf(bucket, step)}>
            {shorten(step === '' ? bucket : nameBelow(step, parents[at - 1] ?? '').replace(/\/$/, ''), 40)}
          </Link>
        </Fragment>
      ))}
    </nav>
  );
}
