import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import { CommandBlock } from '../../../components/CommandBlock.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';

/** The plan of a node's joining, and what raft's configuration says afterwards. */
export function JoinDialog({ stackId, node, onClose }: { stackId: string; node: string; onClose(): void }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const [voter, setVoter] = useState(true);
  const [done, setDone] = useState<Output<'vault.join'> | undefined>(undefined);
  const plan = useCall('vault.joinPlan', { stackId, node, voter }, { keepPrevious: true });
  const join = useAction('vault.join');
  const error = join.error ?? plan.error ?? plan.data?.no;
  return (
    <FormDialog
      title={t('vaultCluster.join.title', { node })}
      size={620}
      onClose={onClose}
      onSubmit={() => void join.run({ stackId, node, voter }).then((answer) => answer && setDone(answer))}
    >
      <p>{t('vaultCluster.join.text')}</p>
      {done ? (
        <EvidenceLine mark={done.inRaft ? 'ok' : 'info'} at={done.node.at}>
          {t(done.inRaft ? 'vaultCluster.join.joined' : 'vaultCluster.join.needsShares', { node })}
        </EvidenceLine>
      ) : (
        <>
          <div>
            {[...(plan.data?.facts ?? []), ...(plan.data?.warnings ?? [])].map((fact) => (
              <EvidenceLine key={fact.code} mark="info">
                {sentence(fact)}
              </EvidenceLine>
            ))}
          </div>
          <Switch
            label={t('vaultCluster.join.voter')}
            description={t('vaultCluster.join.voterWhy')}
            checked={voter}
            onChange={(event) => setVoter(event.currentTarget.checked)}
          />
          {plan.data ? <CommandBlock commands={plan.data.commands} note={false} /> : null}
          {error ? <ErrorNotice error={error} /> : null}
        </>
      )}
      <FormFoot>
        <Button onClick={onClose}>{t(done ? 'vaultCluster.root.close' : 'vaultCluster.join.keep')}</Button>
        {done ? null : (
          <ChangeButton
            type="submit"
            variant="filled"
            disabled={plan.data === undefined || plan.data.no !== undefined}
            loading={join.pending}
          >
            {t('vaultCluster.join.doIt', { node })}
          </ChangeButton>
        )}
      </FormFoot>
    </FormDialog>
  );
}
