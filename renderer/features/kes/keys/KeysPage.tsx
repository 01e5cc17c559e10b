import { Button, TextInput } from '@mantine/core';
import { IconKey, IconPlus, IconSearch } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { Link } from 'wouter';
import type { KeyRow } from '../../../../shared/kesKeys.ts';
import { useAgo } from '../../../components/Age.tsx';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DrawerContent } from '../../../components/drawer.tsx';
import { EmptyState } from '../../../components/EmptyState.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { formatNumber, formatWhen } from '../../../components/format.ts';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { answerOf, shownOpens } from './answer.ts';
import { DeleteKey } from './DeleteKey.tsx';
import { KeyCard } from './KeyCard.tsx';
import { KeyGrid } from './KeyGrid.tsx';
import styles from './keys.module.css';
import { NewKey } from './NewKey.tsx';
import { sandboxAddress } from './place.ts';
import { Records } from './Records.tsx';
import { TestResult } from './TestResult.tsx';

/** What is said of now must not be of long ago. */
const statusMs = 30_000;

type List = Output<'kes.keyList'>;
type Asked = { readonly what: 'make' | 'records' } | { readonly what: 'delete'; readonly name: string };

/** All keys of the stack's KES with what uses them, and what is done with them. */
export function KeysPage({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const list = useCall('kes.keyList', { stackId: stack.id });
  if (list.data) return <Known stack={stack} list={list.data} />;
  return (
    <>
      <PageHeader question={t('kesKeys.question')} />
      <div className={styles.notice}>
        {list.error ? <ErrorNotice error={list.error} /> : <p className={styles.quiet}>{t('kesKeys.loading')}</p>}
      </div>
      <DrawerContent commands={[]} evidence={[]} />
    </>
  );
}

function Known({ stack, list }: { stack: StackSummary; list: List }) {
  const { t, language } = useWords();
  const { sentence } = useSentence();
  const queries = useQueryClient();
  const stackId = stack.id;
  const status = useCall('kes.status', { stackId }, { every: statusMs });
  const records = useCall('kes.keptRecords', { stackId }).data?.records ?? [];
  const test = useAction('kes.testKeys');
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  /** A number when somebody went into the card by Enter, another each time. */
  const [entered, setEntered] = useState<number | undefined>(undefined);
  const [filter, setFilter] = useState('');
  const [job, setJob] = useState<string | undefined>(undefined);
  const [round, setRound] = useState(0);
  const nodes = status.data?.nodes ?? [];
  const [trouble, setTrouble] = useState<ReadonlySet<string>>(new Set());
  const answer = answerOf(
    list,
    nodes,
    list.keys.flatMap(({ name }) => (trouble.has(name) ? [name] : [])),
  );
  const ago = useAgo(nodes[0]?.at);
  const number = (value: number): string => formatNumber(value, language);
  const shown = list.keys.filter(({ name }) => name.includes(filter.trim()));
  const { audited } = list;
  const none = list.keys.length === 0;

  /** A key that was seen not to open makes the page's answer; one that opens again takes it back. */
  const onRead = useCallback((rows: readonly Pick<KeyRow, 'name' | 'opens'>[]): void => {
    setTrouble((before) => {
      const now = new Set(before);
      for (const { name, opens } of rows) {
        if (shownOpens(opens).mark === 'fail') now.add(name);
        else now.delete(name);
      }
      return now.size === before.size && [...now].every((name) => before.has(name)) ? before : now;
    });
  }, []);

  /** Asks for everything about keys again: something was made, deleted or tried. */
  async function again(): Promise<void> {
    setRound((last) => last + 1);
    const names = ['kes.keyList', 'kes.keyCard', 'kes.keptRecords', 'kes.status', 'kes.keys'];
    await queries.invalidateQueries({ predicate: ({ queryKey: [name] }) => names.includes(String(name)) });
  }

  async function testAll(): Promise<void> {
    const started = await test.run({ stackId });
    if (started) setJob(started.jobId);
  }

  const make = (
    <ChangeButton
      leftSection={<IconPlus size={16} stroke={1.5} />}
      {...(none ? { variant: 'filled' } : {})}
      disabled={list.fenced}
      onClick={() => setAsked({ what: 'make' })}
    >
      {t('kesKeys.newKey')}
    </ChangeButton>
  );
  return (
    <div className="sd-fill">
      <PageHeader
        question={t('kesKeys.question')}
        answer={{
          mark: answer.mark,
          text: t(`kesKeys.answer.${answer.says}`, { count: answer.count, number: number(answer.count), name: answer.name, ago }),
        }}
        actions={
          none ? undefined : (
            <>
              <EngineButton loading={test.pending} onClick={() => void testAll()}>
                {t('kesKeys.testAll')}
              </EngineButton>
              {make}
            </>
          )
        }
      />
      <Notices list={list} />
      {test.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={test.error} />
        </div>
      ) : null}
      {job === undefined ? null : (
        <TestResult
          jobId={job}
          onDone={() => void again()}
          onOthers={(others) => onRead(others)}
          onShow={(name) => {
            setFilter(name);
            setChosen(name);
          }}
          onClose={() => setJob(undefined)}
        />
      )}
      {none ? (
        <EmptyState
          picture={<IconKey size={36} stroke={1} aria-hidden />}
          question={t('kesKeys.none.question')}
          sentence={t('kesKeys.none.sentence')}
          action={make}
        />
      ) : (
        <>
          <div className={styles.bar}>
            <TextInput
              aria-label={t('kesKeys.filter')}
              placeholder={t('kesKeys.filter')}
              leftSection={<IconSearch size={14} stroke={1.5} aria-hidden />}
              value={filter}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => {
                setFilter(event.currentTarget.value);
                setChosen(undefined);
              }}
            />
            <span className={styles.count} role="status">
              {filter.trim() === '' ? null : t('kesKeys.found', { count: shown.length, number: number(shown.length) })}
            </span>
          </div>
          <KeyGrid
            stackId={stackId}
            keys={shown}
            view={`${list.at} ${round} ${filter.trim()}`}
            audited={list.audited !== undefined}
            chosen={chosen}
            onRead={onRead}
            onChoose={(name, into) => {
              setChosen(name);
              setEntered(into && name !== undefined ? Date.now() : undefined);
            }}
          />
        </>
      )}
      <div className={`sd-foot ${styles.foot}`}>
        <StateIcon mark="info" silent />
        <span>
          {list.audited
            ? t('kesKeys.foot.audited', {
                at: formatWhen(list.audited.at, language),
                count: list.audited.buckets,
                number: number(list.audited.buckets),
              })
            : t('kesKeys.foot.notAudited')}{' '}
          {list.audited ? null : <Link href="/audit">{t('kesKeys.foot.count')}</Link>}
        </span>
        <Link className={styles.last} href={sandboxAddress}>
          {t('kesKeys.foot.sandbox')}
        </Link>
        {records.length === 0 ? null : (
          <Button size="xs" onClick={() => setAsked({ what: 'records' })}>
            {t('kesKeys.foot.records', { count: records.length, number: number(records.length) })}
          </Button>
        )}
      </div>
      {chosen === undefined ? (
        <DrawerContent
          commands={[{ line: 'kes key ls' }]}
          lines={[
            { mark: list.listing.outcome === 'listed' ? 'ok' : 'info', text: sentence(list.listing.says), at: list.at },
            ...(audited?.notSeen ?? []).map((text) => ({
              mark: 'info' as const,
              text: t('kesKeys.notSeen', { what: sentence(text) }),
              at: audited?.at ?? list.at,
            })),
          ]}
        />
      ) : (
        <DrawerContent autoOpen="always" onLeave={() => setChosen(undefined)}>
          <KeyCard
            stackId={stackId}
            name={chosen}
            entered={entered}
            listed={list.keys.find(({ name }) => name === chosen)}
            onChanged={() => void again()}
            onDelete={() => setAsked({ what: 'delete', name: chosen })}
            onClose={() => setChosen(undefined)}
          />
        </DrawerContent>
      )}
      {asked?.what === 'make' ? (
        <NewKey
          stackId={stackId}
          onClose={() => setAsked(undefined)}
          onMade={(name) => {
            void again();
            setFilter('');
            setChosen(name);
          }}
        />
      ) : null}
      {asked?.what === 'delete' ? (
        <DeleteKey stackId={stackId} name={asked.name} onClose={() => setAsked(undefined)} onDeleted={() => void again()} />
      ) : null}
      {asked?.what === 'records' ? (
        <Records stackId={stackId} records={records} onChanged={() => void again()} onClose={() => setAsked(undefined)} />
      ) : null}
    </div>
  );
}

/** What must be read before the table: who did not tell all, and who else has the keys to it. */
function Notices({ list: { listing, publicIdentities, errors } }: { list: List }) {
  const { t } = useWords();
  const { sentence, explain } = useSentence();
  const [error] = errors;
  return (
    <div className={styles.notices}>
      {publicIdentities.map(({ hash, kind, where }) => (
        <p key={hash} className="sd-note" data-mark="fail">
          <StateIcon mark="fail" silent />
          <span>{t(`kesKeys.public.${kind}`, { hash: `${hash.slice(0, 12)}…`, where })}</span>
        </p>
      ))}
      {listing.outcome === 'listed' || listing.outcome === 'empty' ? null : (
        <p className="sd-note" data-mark="warn">
          <StateIcon mark="warn" silent />
          <span>
            {sentence(listing.says)} {listing.next ? <strong className={styles.next}>{sentence(listing.next)}</strong> : null}
          </span>
        </p>
      )}
      {error ? (
        <p className={styles.quiet}>
          <StateIcon mark="info" silent /> {t('kesKeys.minioUnasked', { title: explain(error).title })}
        </p>
      ) : null}
    </div>
  );
}
