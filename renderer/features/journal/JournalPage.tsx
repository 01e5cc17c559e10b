import { Button, Table } from '@mantine/core';
import { IconNotebook } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { memo, useState } from 'react';
import type { JournalEntry } from '../../../shared/journal.ts';
import type { AppError } from '../../../shared/rpc/errors.ts';
import { Age } from '../../components/Age.tsx';
import { useCurrentStack } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatNumber, shorten } from '../../components/format.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { type Mark, StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useCall, useClient } from '../../rpc/hooks.ts';
import styles from './journal.module.css';

const pageSize = 100;
const marks: Record<Output<'journal.verify'>['state'], Mark> = { intact: 'ok', altered: 'fail', cut: 'fail', unknown: 'absent' };

/** What Sealdeck changed, newest first; line two says whether the record is whole. */
export function JournalPage() {
  const { t } = useWords();
  const language = useLanguage();
  const client = useClient();
  const { stack } = useCurrentStack();
  const verified = useCall('journal.verify', {});
  const [all, setAll] = useState(false);
  const stackId = all ? undefined : stack?.id;
  const input = stackId === undefined ? {} : { stackId };
  const journal = useInfiniteQuery<Output<'journal.list'>, AppError, readonly JournalEntry[], readonly unknown[], number | undefined>({
    queryKey: ['journal.list', input, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      client.call('journal.list', { ...input, limit: pageSize, ...(pageParam === undefined ? {} : { before: pageParam }) }, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => (last.entries.length < pageSize ? undefined : last.entries.at(-1)?.seq),
    select: (data) => data.pages.flatMap((page) => page.entries),
  });
  const entries = journal.data ?? [];
  const state = verified.data?.state;
  const number = (value: number): string => formatNumber(value, language);

  return (
    <>
      <PageHeader
        question={t('journal.question')}
        answer={
          verified.data && state !== undefined
            ? {
                mark: verified.data.entries === 0 ? 'absent' : marks[state],
                text: t(`journal.verify.${state}`, {
                  count: verified.data.entries,
                  entries: number(verified.data.entries),
                  at: number(verified.data.at ?? 0),
                }),
              }
            : undefined
        }
        actions={
          <>
            {stack ? (
              <Button variant="subtle" aria-pressed={all} onClick={() => setAll(!all)}>
                {all ? t('journal.onlyStack', { name: shorten(stack.name, 20) }) : t('journal.allStacks')}
              </Button>
            ) : null}
            <EngineButton loading={verified.isFetching} onClick={() => void verified.refetch()}>
              {t('journal.verifyAgain')}
            </EngineButton>
          </>
        }
      />
      {verified.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={verified.error} />
        </div>
      ) : null}
      {journal.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={journal.error} />
        </div>
      ) : null}
      {journal.data && entries.length === 0 ? (
        <EmptyState
          picture={<IconNotebook size={32} stroke={1.25} aria-hidden />}
          question={t('journal.empty.question')}
          sentence={t('journal.empty.sentence')}
        />
      ) : (
        <Entries entries={entries} withStack={stackId === undefined} />
      )}
      {journal.hasNextPage ? (
        <div className={styles.more}>
          <EngineButton loading={journal.isFetchingNextPage} onClick={() => void journal.fetchNextPage()}>
            {t('journal.more')}
          </EngineButton>
        </div>
      ) : null}
      <DrawerContent
        commands={[
          { line: "echo '{}' | npx --no-install sealdeck call journal.verify" },
          { line: "echo '{}' | npx --no-install sealdeck call journal.list --json" },
        ]}
        lines={
          verified.data && state !== undefined && verified.data.entries > 0
            ? [
                {
                  mark: marks[state],
                  text: t(`journal.evidence.${state}`, { count: verified.data.entries }),
                  at: new Date(verified.dataUpdatedAt).toISOString(),
                },
              ]
            : []
        }
      >
        <p className={styles.limits}>{t('journal.limits')}</p>
      </DrawerContent>
    </>
  );
}

function Entries({ entries, withStack }: { entries: readonly JournalEntry[]; withStack: boolean }) {
  const { t } = useWords();
  return (
    <Table className={styles.table ?? ''}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th className={styles.seq ?? ''}>{t('journal.column.seq')}</Table.Th>
          <Table.Th className={styles.when ?? ''}>{t('journal.column.when')}</Table.Th>
          <Table.Th>{t('journal.column.what')}</Table.Th>
          {withStack ? <Table.Th className={styles.stack ?? ''}>{t('journal.column.stack')}</Table.Th> : null}
          <Table.Th className={styles.who ?? ''}>{t('journal.column.who')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((entry) => (
          <Row key={entry.seq} entry={entry} withStack={withStack} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** A plain row: loading more must not draw the ones above again. */
const Row = memo(function Row({ entry, withStack }: { entry: JournalEntry; withStack: boolean }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const said = sentence(entry.action);
  // Names of buckets and keys repeat between the MinIO clusters of a stack.
  const cluster = entry.action.params?.cluster?.toString();
  return (
    <tr className={styles.row}>
      <td className={styles.quiet}>{entry.seq}</td>
      <td>
        <Age at={entry.at} />
      </td>
      <td>
        <span className={styles.what}>
          <StateIcon mark={entry.outcome === 'done' ? 'ok' : 'fail'} />
          <span className={styles.text}>{said}</span>
          {cluster === undefined || said.includes(cluster) ? null : <span className={styles.quiet}>{cluster}</span>}
          {entry.outcome === 'failed' ? <span className={styles.failed}>{t('journal.failed')}</span> : null}
        </span>
      </td>
      {withStack ? <td className={styles.quiet}>{shorten(entry.stackId ?? '', 22)}</td> : null}
      <td className={styles.quiet}>{shorten(entry.actor, 18)}</td>
    </tr>
  );
});
