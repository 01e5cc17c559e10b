import { Link } from 'wouter';
import type { WhatWins } from '../../../shared/buckets.ts';
import { useAgo } from '../../components/Age.tsx';
import type { StackSummary } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { ObjectStateBadge } from '../../components/ObjectStateBadge.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useJobs } from '../../jobs/useJob.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import styles from './buckets.module.css';
import { KmsNotice } from './KmsNotice.tsx';
import { gridAddress } from './place.ts';
import wins from './wins.module.css';

type Cell = WhatWins['cells'][number];

const rules = ['none', 'sse-s3', 'sse-kms'] as const;
const headers = ['none', 'AES256', 'aws:kms', 'sse-c'] as const;

/** Rule, header, automatic encryption: every combination as this server answered it. */
export function WhatWinsPage({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const won = useCall('buckets.whatWon', { stackId: stack.id });
  const kms = useCall('buckets.list', { stackId: stack.id }).data?.kms;
  const last = won.data?.last;
  const start = useAction('buckets.whatWins');
  const job = useJobs().find((one) => one.stackId === stack.id && one.title.code === 'bucketWinsJob');
  const running = job?.state === 'running';
  const ago = useAgo(last?.at);
  const differs = last?.cells.filter((cell) => cell.found && !agrees(cell)).length ?? 0;
  const found = last?.cells.filter((cell) => cell.found).length ?? 0;
  const answer = !won.data
    ? undefined
    : !last
      ? { mark: 'absent' as const, text: t('buckets.wins.answerNone') }
      : differs > 0
        ? { mark: 'warn' as const, text: t('buckets.wins.answerNot', { number: differs, time: ago }) }
        : found < last.cells.length
          ? { mark: 'info' as const, text: t('buckets.wins.answerPart', { number: found, time: ago }) }
          : { mark: 'ok' as const, text: t('buckets.wins.answer', { time: ago }) };
  return (
    <>
      <PageHeader
        above={<Link href={gridAddress}>{t('buckets.wins.back')}</Link>}
        question={t('buckets.wins.question')}
        answer={answer}
        actions={
          won.data && kms?.kind !== 'none' ? (
            <ChangeButton
              {...(last ? {} : { variant: 'filled' })}
              loading={running || start.pending}
              onClick={() => void start.run({ stackId: stack.id })}
            >
              {t(last ? 'buckets.wins.again' : 'buckets.wins.run')}
            </ChangeButton>
          ) : undefined
        }
      />
      {kms ? <KmsNotice kms={kms} /> : null}
      <div className={styles.notice}>
        {kms?.kind === 'none' ? null : <p className={styles.quiet}>{t('buckets.wins.words')}</p>}
        {won.error ? <ErrorNotice error={won.error} /> : null}
        {start.error ? <ErrorNotice error={start.error} /> : null}
        {job?.state === 'failed' && job.error ? <ErrorNotice error={job.error} /> : null}
      </div>
      {last ? <Table last={last} /> : null}
      <DrawerContent commands={[]} evidence={[]} />
    </>
  );
}

/** The header wins, then the rule, then automatic encryption (minio.md 2.9, 3.2). */
function agrees({ rule, header, autoEncryption, found }: Cell): boolean {
  const wanted =
    header === 'sse-c'
      ? 'sse-c'
      : header === 'AES256'
        ? 'sse-s3'
        : header === 'aws:kms'
          ? 'sse-kms'
          : rule !== 'none'
            ? rule
            : autoEncryption
              ? 'sse-kms'
              : 'plaintext';
  return found?.state === wanted;
}

function Table({ last }: { last: WhatWins }) {
  const { t } = useWords();
  const cellOf = (rule: string, header: string, on: boolean): Cell | undefined =>
    last.cells.find((cell) => cell.rule === rule && cell.header === header && cell.autoEncryption === on);
  return (
    <div className={wins.scroll}>
      <table className={wins.table} aria-label={t('buckets.wins.table')}>
        <thead>
          <tr>
            <th scope="col">{t('buckets.wins.rule')}</th>
            <th scope="col">{t('buckets.wins.header')}</th>
            <th scope="col">{t('buckets.wins.automaticOff')}</th>
            <th scope="col">{t('buckets.wins.automaticOn')}</th>
          </tr>
        </thead>
        {rules.map((rule) => (
          <tbody key={rule}>
            {headers.map((header, at) => (
              <tr key={header}>
                {at === 0 ? (
                  <th scope="rowgroup" rowSpan={headers.length}>
                    {rule === 'none' ? t('buckets.wins.noRule') : <ObjectStateBadge state={rule} />}
                  </th>
                ) : null}
                <th scope="row">
                  {header === 'none' ? (
                    t('buckets.wins.noHeader')
                  ) : (
                    <code className="sd-mono">{header === 'sse-c' ? 'SSE-C' : header}</code>
                  )}
                </th>
                {[false, true].map((on) => (
                  <td key={String(on)}>
                    <Answer cell={cellOf(rule, header, on)} first={cellOf('none', 'none', on)} counts={last.kesCounts} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
      <p className={wins.note}>{t(last.kesCounts ? 'buckets.wins.customer' : 'buckets.wins.kesNotCounted')}</p>
    </div>
  );
}

/** `first`: of the column; a reason that it has already is not said again. */
function Answer({ cell, first, counts }: { cell: Cell | undefined; first: Cell | undefined; counts: boolean }) {
  const { t } = useWords();
  const { sentence, explain } = useSentence();
  if (!cell?.found)
    return (
      <span className={wins.not}>
        {cell?.error ? <StateIcon mark="warn" /> : null}
        {cell?.error ? `${explain(cell.error).title}. ` : ''}
        {cell?.why && (cell === first || !sameWhy(cell, first)) ? sentence(cell.why) : t('buckets.wins.notTried')}
      </span>
    );
  const { found, kesCalls } = cell;
  return (
    <span className={wins.cell}>
      <ObjectStateBadge state={found.state} />
      {found.key === undefined ? null : <span className="sd-mono">{found.key}</span>}
      {!counts || kesCalls === undefined ? null : (
        <span className={wins.kes}>{kesCalls === 0 ? t('buckets.wins.kesNone') : t('buckets.wins.kes', { count: kesCalls })}</span>
      )}
    </span>
  );
}

function sameWhy(one: Cell, other: Cell | undefined): boolean {
  return JSON.stringify(one.why) === JSON.stringify(other?.why);
}
