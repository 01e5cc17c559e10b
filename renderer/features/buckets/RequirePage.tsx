import { useState } from 'react';
import { Link } from 'wouter';
import type { DenyMode } from '../../../shared/buckets.ts';
import type { StackSummary } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import styles from './buckets.module.css';
import { ModeChoice } from './ModeChoice.tsx';
import { Policies, PolicyWarns } from './Policies.tsx';
import { gridAddress, prefixAddress } from './place.ts';
import require from './require.module.css';
import { Tries } from './Tries.tsx';

/** The statement that requires a header: before and after, what it does not do, and what the server does with it. */
export function RequirePage({ stack, bucket }: { stack: StackSummary; bucket: string }) {
  const { t } = useWords();
  const stackId = stack.id;
  const [mode, setMode] = useState<DenyMode>({ kind: 'anyHeader' });
  const asked = useCall('buckets.policyPlan', { stackId, bucket, mode }, { keepPrevious: true });
  const list = useCall('buckets.list', { stackId }).data;
  const rule = list?.buckets.find(({ name }) => name === bucket)?.rule;
  const set = useAction('buckets.policySet');
  const back = useAction('buckets.policyUndo');
  const plan = asked.data;
  const denied = plan?.denied;
  const same = plan?.same === true && !asked.isPlaceholderData;

  async function put(next: DenyMode | { kind: 'none' }): Promise<void> {
    if (await set.run({ stackId, bucket, mode: next })) await asked.refetch();
  }

  async function putBack(): Promise<void> {
    if (await back.run({ stackId, bucket })) await asked.refetch();
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
        {asked.error ? <ErrorNotice error={asked.error} /> : null}
        <ModeChoice stackId={stackId} kms={list?.kms} mode={mode} onChange={setMode} />
        {plan ? (
          <>
            <section>
              <h2 className={styles.head}>{t('buckets.deny.know')}</h2>
              <PolicyWarns warns={plan.warns} />
            </section>
            <Policies plan={plan} />
          </>
        ) : null}
        {set.error ? <ErrorNotice error={set.error} /> : null}
        {back.error ? <ErrorNotice error={back.error} /> : null}
        <div className={require.go}>
          {/* Off until the policy that is shown is the one that would be set, and while that changes nothing. */}
          <ChangeButton
            {...(same ? {} : { variant: 'filled' })}
            loading={set.pending}
            disabled={plan === undefined || same || asked.isPlaceholderData}
            onClick={() => void put(mode)}
          >
            {t(denied ? 'buckets.deny.change' : 'buckets.deny.set')}
          </ChangeButton>
          {same ? <span className={styles.quiet}>{t('buckets.deny.same')}</span> : null}
          {plan?.undo ? (
            <ChangeButton loading={back.pending} onClick={() => void putBack()}>
              {t('buckets.deny.undo')}
            </ChangeButton>
          ) : null}
          <Link href={prefixAddress(bucket)}>{t('buckets.plan.onePrefix')}</Link>
        </div>
        <Tries key={JSON.stringify(mode)} stackId={stackId} bucket={bucket} mode={mode} />
      </div>
      <DrawerContent commands={(plan?.commands ?? []).map((line) => ({ line }))} evidence={[]} />
    </>
  );
}
