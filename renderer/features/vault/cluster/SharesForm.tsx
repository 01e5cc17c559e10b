import { NumberInput, Switch } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { CommandLine } from '../../../../shared/setup.ts';
import type { PlannedCustodian } from '../../../../shared/vault.ts';
import { type RekeyView, rekeyInput } from '../../../../shared/vaultCluster.ts';
import { CustodianRows, fitted } from '../../../components/custodians/CustodianRows.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import styles from './cluster.module.css';

interface Asking {
  shares: number;
  threshold: number;
  custodians: PlannedCustodian[];
}

interface SharesFormProps {
  stackId: string;
  view: RekeyView;
  pending: boolean;
  onCommands(commands: readonly CommandLine[] | undefined): void;
  onBegin(asking: Asking): void;
}

/** How many shares, who holds them, and what the renewal will do; PGP keys are checked before anything begins. */
export function SharesForm({ stackId, view, pending, onCommands, onBegin }: SharesFormProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const [asking, setAsking] = useState<Asking>({ shares: 5, threshold: 3, custodians: [] });
  const { shares, threshold, custodians } = asking;
  const read = rekeyInput.safeParse({ stackId, ...asking });
  const bad = new Set(read.success ? [] : read.error.issues.map(({ path }) => path.join('.')));
  const wrong = (path: string, said: string): string | undefined => (bad.has(path) ? said : undefined);
  const plan = useCall('vault.rekeyPlan', { stackId, ...asking }, { enabled: read.success, keepPrevious: true });
  const commands = read.success ? plan.data?.commands : undefined;
  const text = JSON.stringify(commands ?? []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the commands
  useEffect(() => onCommands(commands), [onCommands, text]);
  const someone = (number: number): string => t('vaultCluster.shares.someone', { number });
  const change = (next: Partial<Asking>): void => setAsking({ ...asking, ...next });

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (read.success && !plan.error && !pending) onBegin(asking);
      }}
    >
      <div className={styles.pair}>
        <NumberInput
          label={t('vaultCluster.shares.number')}
          error={wrong('shares', t('vaultCluster.shares.between', { min: 1, max: 255 }))}
          value={Number.isNaN(shares) ? '' : shares}
          min={1}
          max={255}
          clampBehavior="none"
          allowDecimal={false}
          onChange={(value) => {
            const next = typeof value === 'number' ? value : Number.NaN;
            change({ shares: next, ...(custodians.length === 0 ? {} : { custodians: fitted(custodians, next, someone) }) });
          }}
        />
        <NumberInput
          label={t('vaultCluster.shares.threshold')}
          error={wrong('threshold', t('vaultCluster.shares.thresholdWrong'))}
          value={Number.isNaN(threshold) ? '' : threshold}
          min={1}
          max={255}
          clampBehavior="none"
          allowDecimal={false}
          onChange={(value) => change({ threshold: typeof value === 'number' ? value : Number.NaN })}
        />
      </div>
      <Switch
        label={t('vaultCluster.shares.name')}
        description={t(custodians.length > 0 ? 'vaultCluster.shares.nameWhy' : 'vaultCluster.shares.nameNot')}
        checked={custodians.length > 0}
        onChange={(event) => change({ custodians: event.currentTarget.checked ? fitted([], shares, someone) : [] })}
      />
      {custodians.length === 0 ? null : (
        <CustodianRows custodians={custodians} wrong={wrong} onChange={(next) => change({ custodians: next })} />
      )}
      <div>
        <h2>{t('vaultCluster.shares.plan')}</h2>
        {plan.error && read.success ? (
          <ErrorNotice error={plan.error} />
        ) : (
          [...(plan.data?.facts ?? []), ...(plan.data?.warnings ?? [])].map((fact, at) => (
            <EvidenceLine key={fact.code} mark={at < (plan.data?.facts.length ?? 0) ? 'info' : 'warn'}>
              {sentence(fact)}
            </EvidenceLine>
          ))
        )}
        {view.lastAt === undefined ? null : (
          <EvidenceLine mark="info" at={view.lastAt}>
            {t('vaultCluster.shares.last')}
          </EvidenceLine>
        )}
      </div>
      <div>
        <ChangeButton type="submit" variant="filled" disabled={!read.success || plan.error !== null} loading={pending}>
          {t('vaultCluster.shares.begin')}
        </ChangeButton>
      </div>
    </form>
  );
}
