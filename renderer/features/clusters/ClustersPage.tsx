import { Button } from '@mantine/core';
import { IconPlus, IconShieldCheck } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { useAgo } from '../../components/Age.tsx';
import { type StackSummary, useCurrentStack } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { shorten } from '../../components/format.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { useJobs } from '../../jobs/useJob.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { AddPage } from './AddPage.tsx';
import { clusterCommands } from './clusterCommands.ts';
import styles from './clusters.module.css';
import { Proof } from './Proof.tsx';
import { StackPicture } from './StackPicture.tsx';
import { clusterMark, newestProof, unfinishedOf } from './standing.ts';
import { Unfinished } from './Unfinished.tsx';
import { useStore } from './useStore.ts';

/** The clusters of a stack in one picture, and the wizard that adds the next one. */
export function ClustersPage() {
  const { stack } = useCurrentStack();
  const [address] = useLocation();
  if (!stack) return null;
  return address === '/clusters/add' ? <AddPage key={stack.id} stack={stack} /> : <Clusters key={stack.id} stack={stack} />;
}

function Clusters({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const [, navigate] = useLocation();
  const input = { stackId: stack.id };
  const { document, store } = useStore(stack.id);
  const prove = useAction('clusters.prove');
  const jobs = useJobs();
  const ours = jobs.filter(({ stackId, title }) => stackId === stack.id && title.code.startsWith('clusters.job'));
  const adding = ours.some(({ state, title }) => state === 'running' && title.code === 'clusters.job');
  const proving = prove.pending || ours.some(({ state, title }) => state === 'running' && title.code === 'clusters.jobProve');
  // A proof counts what each KES is asked: the window holds its own questions back meanwhile.
  const answered = useCall('clusters.picture', input, adding || proving ? {} : { every: 20_000 });
  const picture = answered.data;
  const last = ours.find(({ title, state }) => title.code === 'clusters.jobProve' && state !== 'cancelled');
  const failed = last?.state === 'failed' ? last.error : undefined;
  const proof = newestProof(jobs, stack.id);
  const answer = useAnswer(picture, store, failed, proof?.at);
  const unfinished = picture && !adding ? unfinishedOf(picture) : [];
  const several = (picture?.clusters.length ?? 0) > 1;
  const error = answered.error ?? prove.error;
  return (
    <>
      <PageHeader
        question={t('clusters.question', { store })}
        answer={answer}
        actions={
          picture === undefined ? undefined : (
            <>
              {several ? (
                <ChangeButton
                  leftSection={<IconShieldCheck size={16} stroke={1.5} aria-hidden />}
                  loading={proving}
                  disabled={adding || unfinished.length > 0}
                  onClick={() => void prove.run(input)}
                >
                  {t('clusters.prove')}
                </ChangeButton>
              ) : null}
              {(picture.refused && !adding) || unfinished.length > 0 ? null : (
                <Button
                  variant={several ? 'default' : 'filled'}
                  leftSection={adding ? null : <IconPlus size={16} stroke={1.5} aria-hidden />}
                  onClick={() => navigate('/clusters/add')}
                >
                  {t(adding ? 'clusters.follow' : 'clusters.add')}
                </Button>
              )}
            </>
          )
        }
      />
      <div className={styles.notices}>
        {error ? <ErrorNotice error={error} /> : null}
        {failed && !proving ? <ErrorNotice error={failed} /> : null}
        {unfinished.map((record) => (
          <Unfinished key={record.input.id} stackId={stack.id} record={record} />
        ))}
      </div>
      {picture ? <StackPicture picture={picture} store={store} /> : null}
      {picture?.refused && !answered.error ? (
        <div className={styles.notices}>
          <ErrorNotice error={picture.refused} />
        </div>
      ) : null}
      {proof && several && !failed ? <Proof proof={proof} /> : null}
      <DrawerContent commands={document ? clusterCommands(document) : []} lines={useNodeLines(picture)} />
    </>
  );
}

/** Line two of the page: whether all work, and whether they were seen to be apart. */
function useAnswer(
  picture: Output<'clusters.picture'> | undefined,
  store: string,
  failed: Parameters<ReturnType<typeof useSentence>['explain']>[0] | undefined,
  provenAt: string | undefined,
) {
  const { t } = useWords();
  const { explain } = useSentence();
  const ago = useAgo(provenAt);
  if (picture === undefined) return undefined;
  // One that is being added is no cluster yet.
  const whole = picture.clusters.filter(({ unfinished }) => unfinished === undefined);
  const count = whole.length;
  const [first] = whole;
  const names = (mark: 'warn' | 'fail'): string =>
    whole
      .filter((cluster) => clusterMark(cluster) === mark)
      .map(({ id }) => shorten(id, 24))
      .join(', ');
  const broken = whole.filter((cluster) => clusterMark(cluster) === 'fail').length;
  if (broken > 0)
    return { mark: 'fail' as const, text: t('clusters.answer.broken', { works: count - broken, count, names: names('fail') }) };
  if (failed && failed.code !== 'cancelled')
    return { mark: 'fail' as const, text: t('clusters.answer.notApart', { why: explain(failed).title }) };
  const lame = [...picture.vault, ...whole.flatMap(({ kes, minio }) => [...(kes?.nodes ?? []), ...minio])].filter(
    ({ state }) => !['active', 'standby', 'working'].includes(state),
  );
  if (lame.length > 0) {
    const names = lame.map(({ node }) => shorten(node, 24)).join(', ');
    return { mark: 'warn' as const, text: t('clusters.answer.fewer', { count, names }) };
  }
  if (first && count === 1)
    return { mark: 'ok' as const, text: t(picture.refused ? 'clusters.answer.alone' : 'clusters.answer.one', { name: first.id, store }) };
  if (count === 0) return undefined;
  return provenAt === undefined
    ? { mark: 'info' as const, text: t('clusters.answer.unproven', { count }) }
    : { mark: 'ok' as const, text: t('clusters.answer.apart', { count, ago }) };
}

/** Each server's own word, for the drawer. */
function useNodeLines(picture: Output<'clusters.picture'> | undefined) {
  const { t } = useWords();
  if (picture === undefined) return [];
  const line = (fine: boolean, node: { node: string; version?: string | undefined; at: string }, says: string) => ({
    mark: fine ? ('ok' as const) : ('warn' as const),
    text: [node.node, says, node.version].filter(Boolean).join(', '),
    at: node.at,
  });
  return [
    ...picture.vault.map((node) => line(node.state === 'active' || node.state === 'standby', node, t(`clusters.node.vault.${node.state}`))),
    ...picture.clusters.flatMap(({ kes, minio }) => [
      ...(kes?.nodes ?? []).map((node) => line(node.state === 'working', node, t(`clusters.node.kes.${node.state}`))),
      ...minio.map((node) => line(node.state === 'working', node, t(`clusters.node.minio.${node.state}`))),
    ]),
  ];
}
