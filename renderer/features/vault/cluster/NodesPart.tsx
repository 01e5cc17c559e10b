import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ClusterNode } from '../../../../shared/vaultCluster.ts';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { NodeTable } from '../NodeTable.tsx';
import { type PartProps, useSays } from '../parts.ts';
import { vaultCommands, vaultEvidence } from '../vaultCommands.ts';
import { AddDialog } from './AddDialog.tsx';
import { Barrier } from './Barrier.tsx';
import styles from './cluster.module.css';
import { JoinDialog } from './JoinDialog.tsx';
import { Peers } from './Peers.tsx';
import { RemovePeerDialog } from './RemovePeerDialog.tsx';

type View = Output<'vault.cluster'>;
const askEvery = 10_000;

/** All nodes side by side, raft's configuration, and Vault's own key. */
export function NodesPart({ stack, says }: PartProps) {
  const { t } = useWords();
  const input = { stackId: stack.id };
  const asked = useCall('vault.cluster', input, { every: askEvery });
  const document = useCall('stacks.get', { id: stack.id }).data;
  const reset = useAction('vault.resetUnseal');
  const forget = useAction('vault.forgetNode');
  const [adding, setAdding] = useState(false);
  const [joining, setJoining] = useState<string | undefined>(undefined);
  const [removing, setRemoving] = useState<string | undefined>(undefined);
  const view = asked.data;
  useSays(says, {
    answer: view === undefined ? undefined : answerOf(view, t),
    commands: document && view ? vaultCommands(document, view.nodes[0]) : undefined,
    evidence: view && vaultEvidence(view.nodes),
  });
  if (!view) return asked.error ? <div className={styles.section}>{<ErrorNotice error={asked.error} />}</div> : null;
  const error = reset.error ?? forget.error;
  const several = view.nodes.length > 1;

  return (
    <>
      {error ? (
        <div className={styles.section}>
          <ErrorNotice error={error} />
        </div>
      ) : null}
      <NodeTable
        nodes={view.nodes}
        resetting={reset.pending}
        onReset={(node) => void reset.run({ ...input, node })}
        more={[
          ...rowsOf(t),
          ...(several
            ? [
                {
                  label: t('vaultCluster.nodes.actions'),
                  cell: (node: ClusterNode) => (
                    <span className={styles.cell}>
                      {mayJoin(node) ? (
                        <ChangeButton size="xs" onClick={() => setJoining(node.node)}>
                          {t('vaultCluster.nodes.join')}
                        </ChangeButton>
                      ) : null}
                      <EngineButton
                        size="xs"
                        variant="subtle"
                        loading={forget.pending}
                        onClick={() => void forget.run({ ...input, node: node.node })}
                      >
                        {t('vaultCluster.nodes.forget')}
                      </EngineButton>
                    </span>
                  ),
                },
              ]
            : []),
        ]}
      />
      <div className={styles.section}>
        <Button size="xs" onClick={() => setAdding(true)}>
          {t('vaultCluster.nodes.add')}
        </Button>
      </div>
      {view.findings.length === 0 ? null : <Findings view={view} />}
      {view.raft === undefined ? null : <Peers raft={view.raft} onRemove={setRemoving} />}
      <Barrier stackId={stack.id} open={view.nodes.some(({ state }) => state === 'active')} />
      {adding ? <AddDialog stackId={stack.id} onClose={() => setAdding(false)} /> : null}
      {joining === undefined ? null : <JoinDialog stackId={stack.id} node={joining} onClose={() => setJoining(undefined)} />}
      {removing === undefined ? null : <RemovePeerDialog stackId={stack.id} peer={removing} onClose={() => setRemoving(undefined)} />}
    </>
  );
}

type Words = ReturnType<typeof useWords>['t'];

function answerOf({ nodes, findings }: View, t: Words): { mark: 'ok' | 'warn' | 'fail'; text: string } {
  if (nodes.every(({ state }) => state === 'unreachable')) return { mark: 'fail', text: t('vaultCluster.answer.silent') };
  const failed = findings.filter(({ level }) => level === 'fail').length + nodes.filter(({ state }) => state === 'unreachable').length;
  if (failed > 0) return { mark: 'fail', text: t('vaultCluster.answer.fail', { count: failed }) };
  const warned = findings.filter(({ level }) => level === 'warn').length + nodes.filter(({ state }) => state === 'sealed').length;
  // One node alone is a choice, not a fault.
  if (warned > 0 && nodes.length > 1) return { mark: 'warn', text: t('vaultCluster.answer.warn', { count: warned }) };
  return { mark: 'ok', text: t('vaultCluster.answer.well', { count: nodes.length }) };
}

/** New, or sealed without being in the configuration. */
function mayJoin({ state, inRaft }: ClusterNode): boolean {
  return state === 'uninitialised' || (state !== 'unreachable' && inRaft === false);
}

function rowsOf(t: Words) {
  const unknown = t('vaultCluster.nodes.unknown');
  return [
    {
      label: t('vaultCluster.nodes.seal'),
      cell: ({ seal, recovery }: ClusterNode) =>
        seal === undefined ? unknown : recovery ? t('vaultCluster.nodes.device', { seal }) : t('vaultCluster.nodes.people'),
    },
    {
      label: t('vaultCluster.nodes.leader'),
      cell: ({ leader, isLeader, highAvailability, state }: ClusterNode) =>
        state === 'unreachable'
          ? unknown
          : isLeader
            ? t('vaultCluster.nodes.itself')
            : highAvailability === false
              ? t('vaultCluster.nodes.single')
              : (leader?.replace(/^https?:\/\//, '') ?? t('vaultCluster.nodes.noLeader')),
    },
    {
      label: t('vaultCluster.nodes.raft'),
      cell: ({ storage, inRaft }: ClusterNode) =>
        storage !== undefined && storage !== 'raft'
          ? t('vaultCluster.nodes.single')
          : inRaft === undefined
            ? unknown
            : t(inRaft ? 'vaultCluster.nodes.inRaft' : 'vaultCluster.nodes.notInRaft'),
    },
    {
      label: t('vaultCluster.nodes.cluster'),
      cell: ({ clusterId }: ClusterNode) => (clusterId === undefined ? unknown : <CopyValue value={clusterId} longest={13} />),
    },
    {
      label: t('vaultCluster.nodes.clock'),
      cell: ({ clockSeconds }: ClusterNode) =>
        clockSeconds === undefined
          ? unknown
          : Math.abs(clockSeconds) < 2
            ? t('vaultCluster.nodes.clockSame')
            : t('vaultCluster.nodes.clockOff', { seconds: clockSeconds }),
    },
  ];
}

function Findings({ view }: { view: View }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  return (
    <section className={styles.section}>
      <h2>{t('vaultCluster.nodes.findings')}</h2>
      {view.findings.map(({ level, text }) => (
        <EvidenceLine key={`${text.code} ${JSON.stringify(text.params ?? {})}`} mark={level} at={view.at}>
          {sentence(text)}
        </EvidenceLine>
      ))}
    </section>
  );
}
