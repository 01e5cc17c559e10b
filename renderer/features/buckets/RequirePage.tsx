import { Radio, Select } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { DenyMode } from '../../../shared/buckets.ts';
import { CopyAction } from '../../components/CopyValue.tsx';
import type { StackSummary } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../components/EvidenceLine.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import styles from './buckets.module.css';
import { gridAddress } from './place.ts';
import require from './require.module.css';
import { Tries } from './Tries.tsx';

/** The statement that requires a header: before and after, what it does not do, and what the server does with it. */
export function RequirePage({ stack, bucket }: { stack: StackSummary; bucket: string }) {
  const { t } = useWords();
  const stackId = stack.id;
  const [mode, setMode] = useState<DenyMode>({ kind: 'anyHeader' });
  const plan = useCall('buckets.policyPlan', { stackId, bucket, mode }, { keepPrevious: true });
  const rule = useCall('buckets.list', { stackId }).data?.buckets.find(({ name }) => name === bucket)?.rule;
  const set = useAction('buckets.policySet');
  const denied = plan.data?.denied;

  async function put(next: DenyMode | { kind: 'none' }): Promise<void> {
    if (await set.run({ stackId, bucket, mode: next })) await plan.refetch();
  }

  const bare = rule?.kind === 'none' ? 'answerNoRule' : 'answerNo';
  return (
    <>
      <PageHeader
        above={<Link href={gridAddress}>{t('buckets.wins.back')}</Link>}
        question={t('buckets.deny.question', { name: bucket })}
        answer={denied === undefined ? undefined : { mark: denied ? 'ok' : 'info', text: t(`buckets.deny.${denied ? 'answerYes' : bare}`) }}
        actions={
          denied ? (
            <ChangeButton loading={set.pending} onClick={() => void put({ kind: 'none' })}>
              {t('buckets.deny.remove')}
            </ChangeButton>
          ) : undefined
        }
      />
      <div className={require.page}>
        {plan.error ? <ErrorNotice error={plan.error} /> : null}
        <ModeChoice stackId={stackId} mode={mode} onChange={setMode} />
        {plan.data ? <Policies plan={plan.data} /> : null}
        {set.error ? <ErrorNotice error={set.error} /> : null}
        <div>
          <ChangeButton variant="filled" loading={set.pending} disabled={plan.data === undefined} onClick={() => void put(mode)}>
            {t(denied ? 'buckets.deny.change' : 'buckets.deny.set')}
          </ChangeButton>
        </div>
        <Tries key={JSON.stringify(mode)} stackId={stackId} bucket={bucket} mode={mode} />
      </div>
      <DrawerContent commands={(plan.data?.commands ?? []).map((line) => ({ line }))} evidence={[]} />
    </>
  );
}

type ModeName = 'anyHeader' | 'sse-s3' | 'sse-kms' | 'oneKey';

function ModeChoice({ stackId, mode, onChange }: { stackId: string; mode: DenyMode; onChange(mode: DenyMode): void }) {
  const { t } = useWords();
  const keys = useCall('kes.keys', { stackId }).data?.keys.map(({ name }) => name) ?? [];
  const key = mode.kind === 'sse-kms' ? mode.key : undefined;
  const name: ModeName = key === undefined ? mode.kind : 'oneKey';
  const [first] = keys;
  function choose(next: ModeName): void {
    if (next !== 'oneKey') onChange({ kind: next });
    else if (first !== undefined) onChange({ kind: 'sse-kms', key: first });
  }
  return (
    <div>
      <Radio.Group
        inputWrapperOrder={['label', 'input']}
        label={t('buckets.deny.mode')}
        value={name}
        onChange={(next) => choose(next as ModeName)}
      >
        <div className={require.modes}>
          <Radio value="anyHeader" label={t('buckets.deny.anyHeader')} description={t('buckets.deny.anyHeaderWhy')} />
          <Radio value="sse-s3" label={t('buckets.deny.s3')} description={t('buckets.deny.s3Why')} />
          <Radio value="sse-kms" label={t('buckets.deny.kms')} description={t('buckets.deny.kmsWhy')} />
          <Radio value="oneKey" label={t('buckets.deny.kmsKey')} description={t('buckets.deny.kmsKeyWhy')} disabled={first === undefined} />
        </div>
      </Radio.Group>
      {key === undefined ? null : (
        <Select
          mt={8}
          maw={320}
          aria-label={t('buckets.plan.key')}
          data={[...new Set([...keys, key])].toSorted()}
          value={key}
          allowDeselect={false}
          classNames={{ input: 'sd-mono' }}
          onChange={(next) => next && onChange({ kind: 'sse-kms', key: next })}
        />
      )}
    </div>
  );
}

function Policies({ plan }: { plan: Output<'buckets.policyPlan'> }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  return (
    <>
      <section>
        <h2 className={styles.head}>{t('buckets.deny.know')}</h2>
        {plan.warns.map((warn) => (
          <EvidenceLine key={warn.code} mark={warn.code === 'bucketDenyRoot' || warn.code === 'bucketDenyNobody' ? 'info' : 'warn'}>
            {sentence(warn)}
          </EvidenceLine>
        ))}
      </section>
      <div className={require.policies}>
        <Policy title={t('buckets.deny.before')} text={plan.before ?? t('buckets.deny.noPolicy')} />
        <Policy title={t('buckets.deny.after')} text={plan.after} copy />
        <Policy title={t('buckets.deny.users')} text={plan.forUsers} copy />
      </div>
    </>
  );
}

function Policy({ title, text, copy = false }: { title: string; text: string; copy?: boolean }) {
  return (
    <section>
      <h2 className={styles.head}>
        {title}
        {copy ? <CopyAction value={text} /> : null}
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre className={require.policy} tabIndex={0}>
        {text}
      </pre>
    </section>
  );
}
