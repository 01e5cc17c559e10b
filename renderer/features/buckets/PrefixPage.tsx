import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { DenyMode } from '../../../shared/buckets.ts';
import type { StackSummary } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { useDebounced } from '../../wizard/useDebounced.ts';
import { PrefixHeader } from './PrefixHeader.tsx';
import { PrefixInPlace } from './PrefixInPlace.tsx';
import { PrefixPolicy } from './PrefixPolicy.tsx';
import { gridAddress, type Ruled } from './place.ts';
import styles from './prefix.module.css';
import { RuleChoice } from './RuleChoice.tsx';
import type { Kms } from './useKeys.ts';

const typingMs = 300;

/** One prefix of a bucket: no rule is for it alone, so header, policy and encrypting in place are taken together. */
export function PrefixPage({ stack, bucket, prefix }: { stack: StackSummary; bucket: string; prefix: string }) {
  const { t } = useWords();
  const list = useCall('buckets.list', { stackId: stack.id });
  return (
    <>
      <PageHeader
        above={<Link href={gridAddress}>{t('buckets.wins.back')}</Link>}
        question={t('buckets.prefix.question', { bucket })}
        answer={{ mark: 'info', text: t('buckets.prefix.answer') }}
      />
      {list.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={list.error} />
        </div>
      ) : null}
      {list.data ? (
        <Ways stackId={stack.id} bucket={bucket} begins={prefix} kms={list.data.kms} />
      ) : (
        <DrawerContent commands={[]} evidence={[]} />
      )}
    </>
  );
}

interface WaysProps {
  stackId: string;
  bucket: string;
  begins: string;
  kms: Kms;
}

function Ways({ stackId, bucket, begins, kms }: WaysProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState(begins);
  const [rule, setRule] = useState<Ruled>(kms.defaultKey ? { kind: 'sse-kms', key: kms.defaultKey } : { kind: 'sse-s3' });
  const prefix = useDebounced(typed, typingMs);
  const mode: DenyMode = rule.kind === 'sse-kms' ? { kind: 'sse-kms', key: rule.key } : { kind: 'sse-s3' };
  const input = { stackId, bucket, prefix, mode };
  const plan = useCall('buckets.policyPlan', input, { enabled: prefix !== '' });
  const named = prefix !== '' && prefix === typed;
  const denied = named && plan.data?.denied === true;
  return (
    <div className={styles.page}>
      <div className={styles.choice}>
        <TextInput
          label={t('buckets.prefix.prefix')}
          description={t('buckets.prefix.prefixWhy')}
          value={typed}
          maxLength={900}
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: 'sd-mono' }}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <div>
          <h2 className={styles.label}>{t('buckets.plan.kind')}</h2>
          <RuleChoice stackId={stackId} rule={rule} kms={kms} onChange={(next) => next.kind !== 'none' && setRule(next)} />
        </div>
      </div>
      <ol className={styles.ways}>
        <li>
          <PrefixHeader bucket={bucket} prefix={prefix} rule={rule} />
        </li>
        <li>
          <PrefixPolicy input={input} plan={plan} named={named} />
        </li>
        <li>
          <PrefixInPlace stackId={stackId} bucket={bucket} prefix={prefix} rule={rule} next={denied} named={named} />
        </li>
      </ol>
      <DrawerContent commands={(plan.data?.commands ?? []).map((line) => ({ line }))} evidence={[]} />
    </div>
  );
}
