import { ActionIcon, Tooltip } from '@mantine/core';
import { IconShieldCheck, IconStack2 } from '@tabler/icons-react';
import { Link } from 'wouter';
import { otherKeyStoreOf } from '../../../shared/servers.ts';
import { Age, useAgo } from '../../components/Age.tsx';
import type { StackSummary } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { shorten } from '../../components/format.ts';
import { HopPicture } from '../../components/HopPicture.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import type { Mark } from '../../components/StateIcon.tsx';
import { useHops } from '../../components/useHops.ts';
import { useJobs } from '../../jobs/useJob.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { DoOneThing } from './DoOneThing.tsx';
import { NeedsAttention } from './NeedsAttention.tsx';
import styles from './overview.module.css';
import { overviewCommands } from './overviewCommands.ts';
import { Servers } from './Servers.tsx';
import { type Verdict, verdict } from './verdict.ts';

const marks: Record<Verdict['kind'], Mark> = {
  provenChain: 'ok',
  provenDependency: 'ok',
  provenRule: 'ok',
  brokenNow: 'fail',
  notProven: 'fail',
  running: 'absent',
  never: 'absent',
};

/** Does encryption work here? The chain with live evidence, what needs a person, the servers, what changed. */
export function StackOverview({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const { explain } = useSentence();
  const language = useLanguage();
  const input = { stackId: stack.id };
  const { hops, links } = useHops(stack);
  const proofs = useCall('proof.list', input);
  const document = useCall('stacks.get', { id: stack.id }).data;
  const store = useCall('store.status', {}).data;
  const prove = useAction('proof.run');
  const jobs = useJobs();
  const finished = stack.setup.proven >= stack.setup.total;
  const broken = finished ? hops.find((hop) => hop.id !== 'buckets' && hop.mark === 'fail') : undefined;
  const judged = proofs.data ? verdict(proofs.data.proofs, broken !== undefined) : undefined;
  const ago = useAgo(judged?.proof?.endedAt ?? judged?.proof?.startedAt);
  const proving = prove.pending || jobs.some((job) => job.state === 'running' && job.title.code.startsWith('proof'));

  function answer(): string {
    if (!judged) return '';
    if (judged.kind === 'brokenNow') {
      const hop = broken?.name ?? '';
      const why = broken?.evidence.find((line) => line.mark === 'fail')?.text ?? '';
      return judged.proof ? t('overview.answer.brokenNowProven', { hop, why, ago }) : t('overview.answer.brokenNow', { hop, why });
    }
    if (judged.kind === 'notProven') {
      const { error } = judged.proof ?? {};
      return error ? t('overview.answer.notProvenBecause', { ago, why: explain(error).title }) : t('overview.answer.notProven', { ago });
    }
    if (judged.kind === 'running' || judged.kind === 'never') return t(`overview.answer.${judged.kind}`);
    const sentence = t(`overview.answer.${judged.kind}`, { ago });
    return store && !store.protected ? `${sentence}${language === 'en' ? ' ' : ''}${t('overview.answer.practice')}` : sentence;
  }

  return (
    <div className={styles.page}>
      <PageHeader
        question={t('overview.question', { name: shorten(stack.name, 40) })}
        answer={judged ? { mark: marks[judged.kind], text: answer() } : undefined}
        actions={
          <>
            <Tooltip label={t('overview.stack')}>
              <ActionIcon component={Link} href="/stack" size={32} variant="default" aria-label={t('overview.stack')}>
                <IconStack2 size={16} stroke={1.5} aria-hidden />
              </ActionIcon>
            </Tooltip>
            {finished || stack.origin === 'connected' ? (
              <ChangeButton
                leftSection={<IconShieldCheck size={16} stroke={1.5} aria-hidden />}
                loading={proving}
                onClick={() => void prove.run(input)}
              >
                {t(judged?.proof ? 'overview.proveAgain' : 'overview.prove')}
              </ChangeButton>
            ) : null}
          </>
        }
      />
      {prove.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={prove.error} />
        </div>
      ) : null}
      <HopPicture hops={hops} links={links} />
      {document && document.minioClusters.length > 1 ? (
        <p className={styles.clusters}>
          {t('overview.clusters.line', { count: document.minioClusters.length })}{' '}
          <Link href="/clusters">{t('overview.clusters.show')}</Link>
        </p>
      ) : null}
      <div className={styles.columns}>
        <div className={styles.left}>
          <NeedsAttention stack={stack} />
          <ChangedLately stackId={stack.id} />
        </div>
        <div>
          {stack.origin === 'lab' ? <Servers stack={stack} /> : null}
          <NewestProof judged={judged} />
          <DoOneThing stackId={stack.id} seals={document === undefined || otherKeyStoreOf(document) === undefined} />
        </div>
      </div>
      <DrawerContent commands={document ? overviewCommands(document) : []} lines={hops.flatMap((hop) => hop.evidence)} />
    </div>
  );
}

function NewestProof({ judged }: { judged: Verdict | undefined }) {
  const { t } = useWords();
  if (!judged?.proof) return null;
  const { proof } = judged;
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('overview.newestProof')}</h2>
        <Link href={`/proof/${proof.id}`}>{t('overview.showProof')}</Link>
      </div>
      <dl className={styles.facts}>
        <dt>{t('overview.level')}</dt>
        <dd>{t(`overview.levels.${proof.level}`)}</dd>
        <dt>{t('overview.object')}</dt>
        <dd className="sd-mono">{shorten(`${proof.bucket}/${proof.object}`, 40)}</dd>
        <dt>{t('overview.when')}</dt>
        <dd>
          <Age at={proof.endedAt ?? proof.startedAt} />
        </dd>
      </dl>
    </section>
  );
}

function ChangedLately({ stackId }: { stackId: string }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const journal = useCall('journal.list', { stackId, limit: 6 }).data;
  if (!journal || journal.entries.length === 0) return null;
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('overview.changedLately')}</h2>
        <Link href="/journal">{t('overview.allChanges')}</Link>
      </div>
      <ul className={styles.changes}>
        {journal.entries.map((entry) => (
          <li key={entry.seq}>
            <Age at={entry.at} className={styles.when ?? ''} />
            <span className={styles.what}>{sentence(entry.action)}</span>
            <span className={styles.who}>{entry.actor}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
