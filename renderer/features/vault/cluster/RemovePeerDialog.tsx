import { DangerDialog, type Fact } from '../../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';

/** What a cluster is without the node; its id is typed. */
export function RemovePeerDialog({ stackId, peer, onClose }: { stackId: string; peer: string; onClose(): void }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const plan = useCall('vault.removePeerPlan', { stackId, peer });
  const remove = useAction('vault.removePeer');
  const labels = ['who', 'votes', 'data'] as const;
  const facts: Fact[] = [
    ...(plan.data?.facts ?? []).map((fact, at) => ({ label: t(`vaultCluster.remove.${labels[at] ?? 'data'}`), value: sentence(fact) })),
    ...(plan.data && plan.data.warnings.length > 0
      ? [{ label: t('vaultCluster.remove.warn'), value: plan.data.warnings.map(sentence).join(' '), loud: true }]
      : []),
  ];
  const error = remove.error ?? plan.error ?? plan.data?.no;
  return (
    <DangerDialog
      opened
      title={t('vaultCluster.remove.title', { peer })}
      warning={t('vaultCluster.remove.warning')}
      explanation={t('vaultCluster.remove.text')}
      facts={facts}
      name={peer}
      keep={t('vaultCluster.remove.keep', { peer })}
      doIt={t('vaultCluster.remove.doIt', { peer })}
      off={plan.data === undefined || plan.data.no !== undefined}
      pending={remove.pending}
      error={error ? <ErrorNotice error={error} /> : null}
      onClose={onClose}
      onConfirm={() => void remove.run({ stackId, peer }).then((done) => done && onClose())}
    />
  );
}
