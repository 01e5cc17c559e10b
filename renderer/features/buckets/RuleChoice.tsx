import { Radio } from '@mantine/core';
import type { BucketRule } from '../../../shared/minio.ts';
import { KmsKeyPick } from '../../components/KmsKeyPick.tsx';
import { useWords } from '../../locales/language.ts';
import styles from './buckets.module.css';
import { type Kms, useKeys } from './useKeys.ts';

interface ChoiceProps {
  stackId: string;
  rule: BucketRule;
  kms: Kms;
  /** Also offers to have none. */
  withNone?: boolean;
  onChange(rule: BucketRule): void;
}

/** SSE-KMS with a key of KES, or SSE-S3. What MinIO would refuse keeps its reason and cannot be chosen. */
export function RuleChoice({ stackId, rule, kms, withNone = false, onChange }: ChoiceProps) {
  const { t } = useWords();
  const { keys: known, none, refused } = useKeys(stackId, kms);
  const key = rule.kind === 'sse-kms' ? rule.key : (kms.defaultKey ?? known[0] ?? '');
  return (
    <>
      <Radio.Group
        aria-label={t('buckets.plan.kind')}
        value={rule.kind}
        onChange={(kind) => onChange(kind === 'sse-kms' ? { kind, key } : { kind: kind as 'sse-s3' | 'none' })}
      >
        <div className={styles.kinds}>
          <Radio value="sse-kms" label="SSE-KMS" disabled={key === ''} />
          <Radio value="sse-s3" label="SSE-S3" disabled={none} />
          {withNone ? <Radio value="none" label={t('buckets.make.none')} /> : null}
        </div>
      </Radio.Group>
      {refused ? (
        <p className={styles.refused}>
          <strong>{refused.title}</strong> {refused.next}
        </p>
      ) : null}
      {rule.kind === 'sse-kms' ? (
        <KmsKeyPick
          label={t('buckets.plan.key')}
          keys={known}
          value={rule.key}
          onChange={(next) => onChange({ kind: 'sse-kms', key: next })}
        />
      ) : null}
    </>
  );
}
