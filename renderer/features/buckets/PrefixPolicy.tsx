import type { UseQueryResult } from '@tanstack/react-query';
import type { DenyMode } from '../../../shared/buckets.ts';
import type { AppError } from '../../../shared/rpc/errors.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './buckets.module.css';
import { Policies, PolicyWarns } from './Policies.tsx';
import require from './require.module.css';
import { Tries } from './Tries.tsx';

interface PolicyProps {
  input: { stackId: string; bucket: string; prefix: string; mode: DenyMode };
  plan: UseQueryResult<Output<'buckets.policyPlan'>, AppError>;
  /** A prefix stands there, and the plan is of it. */
  named: boolean;
}

/** What refuses uploads below the prefix that do not say it. */
export function PrefixPolicy({ input, plan, named }: PolicyProps) {
  const { t } = useWords();
  const set = useAction('buckets.policySet');
  const shown = named ? plan.data : undefined;
  const denied = shown?.denied === true;

  async function put(mode: DenyMode | { kind: 'none' }): Promise<void> {
    if (await set.run({ ...input, mode })) await plan.refetch();
  }

  return (
    <section>
      <h2>{t('buckets.prefix.policy')}</h2>
      {shown ? (
        <p className="sd-state">
          <StateIcon mark={denied ? 'ok' : 'absent'} silent />
          {t(denied ? 'buckets.prefix.required' : 'buckets.prefix.notRequired')}
        </p>
      ) : named ? null : (
        <p>{t('buckets.prefix.nameFirst')}</p>
      )}
      {plan.error ? <ErrorNotice error={plan.error} /> : null}
      {shown ? (
        <>
          <PolicyWarns warns={shown.warns} />
          <Policies plan={shown} />
          {set.error ? <ErrorNotice error={set.error} /> : null}
          <div className={require.go}>
            <ChangeButton
              {...(denied || shown.same ? {} : { variant: 'filled' })}
              disabled={shown.same}
              loading={set.pending}
              onClick={() => void put(input.mode)}
            >
              {t(denied ? 'buckets.deny.change' : 'buckets.deny.set')}
            </ChangeButton>
            {shown.same ? <span className={styles.quiet}>{t('buckets.deny.same')}</span> : null}
            {denied ? (
              <ChangeButton loading={set.pending} onClick={() => void put({ kind: 'none' })}>
                {t('buckets.deny.remove')}
              </ChangeButton>
            ) : null}
          </div>
          <Tries key={JSON.stringify(input)} {...input} />
        </>
      ) : null}
    </section>
  );
}
