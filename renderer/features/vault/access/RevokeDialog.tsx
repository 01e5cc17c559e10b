import { Radio } from '@mantine/core';
import { useState } from 'react';
import type { Evidence } from '../../../../shared/setup.ts';
import type { SecretIdRow } from '../../../../shared/vaultAccess.ts';
import { DangerDialog } from '../../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';

interface RevokeProps {
  stackId: string;
  mount: string;
  role: string;
  row: SecretIdRow;
  onClose(): void;
  onDone(evidence: readonly Evidence[]): void;
}

/** Destroying a secret ID does not end what logged in with it: both are chosen here, after who would be cut off was said. */
export function RevokeDialog({ stackId, mount, role, row, onClose, onDone }: RevokeProps) {
  const { t } = useWords();
  const input = { stackId, mount, role, accessor: row.accessor };
  const facts = useCall('vault.revokeFacts', input);
  const revoke = useAction('vault.revokeSecretId');
  const [tokens, setTokens] = useState<'its' | 'role' | 'none'>('its');
  const all = facts.data?.tokens;
  const its = all?.filter((token) => token.its).length ?? 0;

  async function confirm(): Promise<void> {
    const done = await revoke.run({ ...input, tokens });
    if (done) onDone(done.evidence);
  }

  const used = facts.data?.kes === true;
  return (
    <DangerDialog
      opened
      title={t('vaultAccess.revoke.title')}
      warning={t('vaultAccess.revoke.warning')}
      explanation={t('vaultAccess.revoke.text')}
      facts={[
        { label: t('vaultAccess.secretIds.accessor'), value: <span className="sd-mono">{row.accessor}</span> },
        {
          label: t('vaultAccess.revoke.usedBy'),
          value: facts.data ? t(used ? 'vaultAccess.revoke.kes' : 'vaultAccess.revoke.unknown') : '…',
          loud: used,
        },
        {
          label: t('vaultAccess.revoke.tokens'),
          value:
            facts.data === undefined
              ? '…'
              : all === undefined
                ? t('vaultAccess.revoke.hidden')
                : t('vaultAccess.revoke.tokensValue', { its, all: all.length }),
          loud: facts.data !== undefined && all === undefined,
        },
      ]}
      {...(used ? { name: role } : {})}
      keep={t('vaultAccess.revoke.keep')}
      doIt={t('vaultAccess.revoke.doIt')}
      off={facts.data === undefined}
      pending={revoke.pending}
      error={(revoke.error ?? facts.error) ? <ErrorNotice error={revoke.error ?? facts.error ?? { code: 'internal' }} /> : null}
      onClose={onClose}
      onConfirm={() => void confirm()}
    >
      <Radio.Group label={t('vaultAccess.revoke.which')} value={tokens} onChange={(next) => setTokens(next as typeof tokens)}>
        {(['its', 'role', 'none'] as const).map((value) => (
          <Radio
            key={value}
            value={value}
            mt={6}
            label={t(`vaultAccess.revoke.choice.${value}`)}
            description={t(`vaultAccess.revoke.choiceWhy.${value}`)}
          />
        ))}
      </Radio.Group>
    </DangerDialog>
  );
}
