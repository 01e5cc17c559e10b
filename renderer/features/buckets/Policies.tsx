import type { ReactNode } from 'react';
import { CommandBlock } from '../../components/CommandBlock.tsx';
import { CopyAction } from '../../components/CopyValue.tsx';
import { EvidenceLine } from '../../components/EvidenceLine.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import styles from './buckets.module.css';
import require from './require.module.css';

type Plan = Output<'buckets.policyPlan'>;

/** True in every bucket; the others are traps. */
const quiet: ReadonlySet<string> = new Set(['bucketDenyRoot', 'bucketDenyNobody']);

/** What there is to know before. */
export function PolicyWarns({ warns }: Pick<Plan, 'warns'>) {
  const { sentence } = useSentence();
  return (
    <div>
      {warns.map((warn) => (
        <EvidenceLine key={warn.code} mark={quiet.has(warn.code) ? 'info' : 'warn'}>
          {sentence(warn)}
        </EvidenceLine>
      ))}
    </div>
  );
}

/** The bucket's policy before and after, and the one for signed-in users. */
export function Policies({ plan }: { plan: Plan }) {
  const { t } = useWords();
  return (
    <div className={require.policies}>
      <Policy title={t('buckets.deny.before')} text={plan.before ?? t('buckets.deny.noPolicy')} />
      <Policy title={t('buckets.deny.after')} text={plan.after} copy />
      <Policy title={t('buckets.deny.users')} text={plan.forUsers} copy>
        <p className={`${styles.quiet} ${require.how}`}>
          <span>{t('buckets.deny.usersHow')}</span>
          <CopyAction value={plan.userCommands.join('\n')} label={t('components.copyCommands')} size={20} />
        </p>
        <CommandBlock commands={plan.userCommands.map((line) => ({ line }))} note={false} />
      </Policy>
    </div>
  );
}

function Policy({ title, text, copy = false, children }: { title: string; text: string; copy?: boolean; children?: ReactNode }) {
  return (
    <section>
      <h3 className={styles.head}>
        {title}
        {copy ? <CopyAction value={text} /> : null}
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre className={require.policy} tabIndex={0}>
        {text}
      </pre>
      {children}
    </section>
  );
}
