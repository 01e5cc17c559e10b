import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { useTimed } from '../../components/Age.tsx';
import { useStackDocument } from '../../components/cluster.tsx';
import type { StackSummary } from '../../components/currentStack.ts';
import { DrawerContent, useDrawer } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useJobs } from '../../jobs/useJob.ts';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { wizardAddress } from '../../wizard/wizards.ts';
import { Custody } from './Custody.tsx';
import { GiveShare } from './GiveShare.tsx';
import { KeysToVault } from './KeysToVault.tsx';
import { goSeconds, type MeanwhileLine, meanwhile, openedSince, sealedSince } from './meanwhile.ts';
import { NodeTable } from './NodeTable.tsx';
import { SealDialog } from './SealDialog.tsx';
import styles from './vault.module.css';
import { vaultCommands, vaultEvidence } from './vaultCommands.ts';
import { judge } from './verdict.ts';
import { WhatWorks } from './WhatWorks.tsx';

/** Is Vault open, and what does it need? Shares are given here, one by one or from those that Sealdeck keeps. */
export function OpenPane({ stack }: { stack: StackSummary }) {
  const status = useCall('vault.status', { stackId: stack.id });
  return status.error && !status.data ? (
    <Unknown error={status.error} />
  ) : status.data ? (
    <Known stack={stack} status={status.data} />
  ) : null;
}

function Unknown({ error }: { error: { code: string; details?: Readonly<Record<string, string | number>> } }) {
  const { t } = useWords();
  return (
    <>
      <PageHeader question={t('vault.question.open')} />
      <div className={styles.notice}>
        <ErrorNotice error={error} />
      </div>
      <DrawerContent commands={[]} evidence={[]} />
    </>
  );
}

/** Others may give shares too: a sealed Vault is asked again soon. */
const sealedEvery = 4_000;
const openEvery = 30_000;

function Known({ stack, status }: { stack: StackSummary; status: Output<'vault.status'> }) {
  const { t } = useWords();
  const input = { stackId: stack.id };
  const lab = stack.origin === 'lab';
  const verdict = judge(status.nodes);
  const sealed = status.nodes.filter(({ state }) => state === 'sealed');
  useCall('vault.status', input, { every: sealed.length > 0 ? sealedEvery : openEvery });
  const document = useStackDocument(stack.id);
  const custody = useCall('vault.custody', input).data;
  const works = useWhatWorks(stack, status, goSeconds(document?.kesClusters[0]?.cache.any ?? ''));
  const drawer = useDrawer();
  const kept = useAction('vault.unsealKept');
  const reset = useAction('vault.resetUnseal');
  const start = useAction('lab.start');
  const [sealing, setSealing] = useState(false);
  const first = sealed[0];
  const enoughKept = first !== undefined && status.keptShares >= (first.threshold ?? Number.POSITIVE_INFINITY);
  const error = kept.error ?? reset.error ?? start.error;

  async function unsealKept(): Promise<void> {
    reset.reset();
    for (const node of sealed) if (!(await kept.run({ ...input, node: node.node }))) return;
  }

  const actions = (
    <>
      {verdict.kind === 'sealed' ? (
        <Button component={Link} href={wizardAddress('unseal')}>
          {t('frame.wizard.unseal')}
        </Button>
      ) : null}
      {verdict.kind === 'sealed' && !drawer.open ? <Button onClick={() => drawer.setOpen(true)}>{t('vault.give.open')}</Button> : null}
      {enoughKept ? (
        <ChangeButton variant="filled" loading={kept.pending} onClick={() => void unsealKept()}>
          {t('vault.useKept')}
        </ChangeButton>
      ) : null}
      {verdict.kind === 'silent' && lab ? (
        <ChangeButton variant="filled" loading={start.pending} onClick={() => void start.run({ ...input, kind: 'vault' })}>
          {t('vault.start')}
        </ChangeButton>
      ) : null}
      {verdict.kind === 'uninitialised' ? (
        <Button variant="filled" component={Link} href="/setup/unseal">
          {t('vault.initialise')}
        </Button>
      ) : null}
      {verdict.kind === 'open' ? <ChangeButton onClick={() => setSealing(true)}>{t('vault.seal.open')}</ChangeButton> : null}
    </>
  );

  return (
    <>
      <PageHeader
        question={t(`vault.question.${verdict.kind}`)}
        answer={{ mark: verdict.mark, text: t(`vault.answer.${verdict.says}`, verdict.values) }}
        actions={actions}
      />
      {error ? (
        <div className={styles.notice}>
          <ErrorNotice error={error} />
        </div>
      ) : null}
      <UnfinishedRenewal stackId={stack.id} open={verdict.kind === 'open'} />
      <NodeTable
        nodes={status.nodes}
        holders={(custody?.custodians ?? []).filter(({ file }) => file !== undefined)}
        resetting={reset.pending}
        onReset={(node) => void reset.run({ ...input, node })}
      />
      <WhatWorks lines={works} />
      {custody === undefined ? null : <Custody stackId={stack.id} stackName={stack.name} custody={custody} rootToken={status.rootToken} />}
      <KeysToVault status={status} document={document} />
      {sealing ? (
        <SealDialog stackId={stack.id} status={status} cache={document?.kesClusters[0]?.cache.any} onClose={() => setSealing(false)} />
      ) : null}
      <DrawerContent
        autoOpen={first !== undefined}
        commands={document ? vaultCommands(document, first ?? status.nodes[0]) : []}
        evidence={vaultEvidence(status.nodes)}
        evidenceOf={status.nodes.map(({ node }) => node).join(', ')}
      >
        {first ? <GiveShare key={stack.id} stackId={stack.id} nodes={status.nodes} filled={!enoughKept} /> : null}
      </DrawerContent>
    </>
  );
}

/** New shares that wait for something: whoever closed the window in between must find the way back. */
function UnfinishedRenewal({ stackId, open }: { stackId: string; open: boolean }) {
  const { t } = useWords();
  const phase = useCall('vault.rekey', { stackId }, { enabled: open }).data?.phase ?? 'none';
  if (phase === 'none') return null;
  return (
    <div className={styles.notice}>
      <p className="sd-note" data-mark="warn">
        <StateIcon mark="warn" silent />
        <span>
          {t('vaultCluster.shares.unfinished')} <Link href="/vault/nodes/shares">{t('vaultCluster.shares.goOn')}</Link>
        </span>
      </p>
    </div>
  );
}

function useWhatWorks(stack: StackSummary, status: Output<'vault.status'>, cacheSeconds: number): MeanwhileLine[] {
  const input = { stackId: stack.id };
  const kes = useCall('kes.status', input).data?.nodes ?? [];
  const minio = useCall('minio.status', input).data?.nodes ?? [];
  const journal = useCall('journal.list', { ...input, limit: 100 }).data?.entries ?? [];
  const starting = useJobs().some(
    (job) => job.stackId === stack.id && job.state === 'running' && /^lab(Start|Restart)$/.test(job.title.code),
  );
  const seen = {
    nodes: status.nodes,
    kes,
    minio,
    sealedAt: sealedSince(journal),
    openedAt: openedSince(journal),
    cacheSeconds,
    lab: stack.origin === 'lab',
    starting,
  };
  // Rendered again when what works changes with the time, not every second.
  const phase = useTimed((now) => JSON.stringify(meanwhile({ ...seen, now })));
  return JSON.parse(phase) as MeanwhileLine[];
}
