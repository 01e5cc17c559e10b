import { Button, NumberInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Renewable } from '../../../../shared/certificateBoard.ts';
import { serverNames } from '../../../../shared/servers.ts';
import type { ServerKind } from '../../../../shared/stacks.ts';
import { useWords } from '../../../locales/language.ts';
import { saveText } from '../../../rpc/files.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import styles from './board.module.css';
import { PlanPane } from './PlanPane.tsx';

interface PlanProps {
  stackId: string;
  onClose(): void;
}

/** A new certificate of the same key: by the local CA, or as the answer of another one to a request. */
export function RenewPlan({ stackId, id, onClose }: PlanProps & { id: Renewable }) {
  const { t } = useWords();
  const [days, setDays] = useState<number>();
  const [reply, setReply] = useState('');
  const input = { stackId, id, ...(days === undefined ? {} : { days }) };
  const asked = useCall('certificates.renewPlan', input, { keepPrevious: true });
  const renew = useAction('certificates.renew');
  const request = useAction('certificates.renewRequest');
  const elsewhere = asked.data?.changes.some(({ code }) => code === 'boardRenewReply') ?? false;
  async function save(): Promise<void> {
    const made = await request.run({ stackId, id });
    if (made) saveText(made.name, made.pem, 'application/pkcs10');
  }
  return (
    <PlanPane
      title={t('certificateBoard.plan.renew', { id })}
      doIt={t('certificateBoard.plan.doRenew')}
      plan={asked.data}
      error={asked.error ?? request.error ?? undefined}
      ready={!elsewhere || reply.trim() !== ''}
      start={() => renew.run({ ...input, ...(elsewhere ? { reply } : {}) })}
      starting={renew.pending}
      startError={renew.error}
      onClose={onClose}
    >
      {elsewhere ? (
        <div className={styles.options}>
          <Button onClick={() => void save()} loading={request.pending}>
            {t('certificateBoard.plan.request')}
          </Button>
          <Textarea
            className={styles.wide ?? ''}
            label={t('certificateBoard.plan.reply')}
            description={t('certificateBoard.plan.replyWhy')}
            classNames={{ input: 'sd-mono' }}
            minRows={4}
            autosize
            maxRows={10}
            spellCheck={false}
            value={reply}
            onChange={(event) => setReply(event.currentTarget.value)}
          />
        </div>
      ) : (
        <div className={styles.options}>
          <NumberInput
            className={styles.wide ?? ''}
            label={t('certificateBoard.plan.days')}
            description={t('certificateBoard.plan.daysWhy')}
            min={1}
            max={3650}
            allowDecimal={false}
            value={days ?? ''}
            onChange={(value) => setDays(typeof value === 'number' ? value : undefined)}
          />
        </div>
      )}
    </PlanPane>
  );
}

export function SwapPlan({ stackId, onClose }: PlanProps) {
  const { t } = useWords();
  const asked = useCall('certificates.swapPlan', { stackId });
  const swap = useAction('certificates.swap');
  return (
    <PlanPane
      title={t('certificateBoard.plan.swap')}
      doIt={t('certificateBoard.plan.doSwap')}
      plan={asked.data}
      error={asked.error ?? undefined}
      start={() => swap.run({ stackId })}
      starting={swap.pending}
      startError={swap.error}
      onClose={onClose}
    />
  );
}

/** The server is told to read its file: nothing is written. */
export function ReloadPlan({ stackId, server, onClose }: PlanProps & { server: ServerKind }) {
  const { t } = useWords();
  const reload = useAction('certificates.reload');
  return (
    <PlanPane
      title={t('certificateBoard.plan.reload', { server: serverNames[server] })}
      doIt={t('certificateBoard.plan.doReload')}
      plan={{ changes: [{ code: 'boardRenewTells', params: { server: serverNames[server] } }], warnings: [], files: [], commands: [] }}
      error={undefined}
      start={() => reload.run({ stackId, server })}
      starting={reload.pending}
      startError={reload.error}
      onClose={onClose}
    />
  );
}
