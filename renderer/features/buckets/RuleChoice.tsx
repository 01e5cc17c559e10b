import { Radio, Select } from '@mantine/core';
import type { BucketRule } from '../../../shared/minio.ts';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import styles from './buckets.module.css';

interface ChoiceProps {
  stackId: string;
  rule: BucketRule;
  defaultKey: string | undefined;
  /** Also offers to have none. */
  withNone?: boolean;
  onChange(rule: BucketRule): void;
}

/** SSE-KMS with a key of KES, or SSE-S3. */
export function RuleChoice({ stackId, rule, defaultKey, withNone = false, onChange }: ChoiceProps) {
  const { t } = useWords();
  const known = useCall('kes.keys', { stackId }).data?.keys.map(({ name }) => name) ?? [];
  const key = rule.kind === 'sse-kms' ? rule.key : (defaultKey ?? '');
  const keys = [...new Set([...known, ...(key === '' ? [] : [key])])].toSorted();
  return (
    <>
      <Radio.Group
        aria-label={t('buckets.plan.kind')}
        value={rule.kind}
        onChange={(kind) => onChange(kind === 'sse-kms' ? { kind, key: key || (keys[0] ?? '') } : { kind: kind as 'sse-s3' | 'none' })}
      >
        <div className={styles.kinds}>
          <Radio value="sse-kms" label="SSE-KMS" disabled={keys.length === 0} />
          <Radio value="sse-s3" label="SSE-S3" />
          {withNone ? <Radio value="none" label={t('buckets.make.none')} /> : null}
        </div>
      </Radio.Group>
      {rule.kind === 'sse-kms' ? (
        <Select
          aria-label={t('buckets.plan.key')}
          data={keys}
          value={rule.key}
          allowDeselect={false}
          searchable={keys.length > 8}
          classNames={{ input: 'sd-mono' }}
          onChange={(next) => next && onChange({ kind: 'sse-kms', key: next })}
        />
      ) : null}
    </>
  );
}
