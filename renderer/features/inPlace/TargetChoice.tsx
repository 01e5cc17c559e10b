import { Radio, Select } from '@mantine/core';
import { useEffect } from 'react';
import type { EncryptionChoice } from '../../../shared/encryption.ts';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import styles from './inPlace.module.css';

interface TargetProps {
  stackId: string;
  /** The one bucket it is about, if there is one. */
  bucket: string | undefined;
  target: EncryptionChoice | undefined;
  onChange(target: EncryptionChoice): void;
}

/** SSE-KMS with a key of KES, SSE-S3, what the bucket's rule says, or a customer's key that is kept here. */
export function TargetChoice({ stackId, bucket, target, onChange }: TargetProps) {
  const { t } = useWords();
  const known = useCall('kes.keys', { stackId });
  const customers = useCall('objects.customerKeys', { stackId }).data?.keys ?? [];
  const head = useCall('objects.bucket', { stackId, bucket: bucket ?? '' }, { enabled: bucket !== undefined });
  const rule = head.data?.rule.value;
  const ruleKey = rule?.kind === 'sse-kms' ? rule.key : undefined;
  const keys = [...new Set([...(known.data?.keys.map(({ name }) => name) ?? []), ...(ruleKey === undefined ? [] : [ruleKey])])].toSorted();
  const ofMinio = useCall('buckets.list', { stackId }).data?.kms.defaultKey;
  const key = ruleKey ?? (ofMinio !== undefined && keys.includes(ofMinio) ? ofMinio : keys[0]);
  const settled = !known.isPending && (bucket === undefined || !head.isPending);
  // What the bucket's rule says is what was meant for its objects; without one, a key of KES.
  useEffect(() => {
    if (target || !settled) return;
    if (rule?.kind === 'sse-s3' || key === undefined) onChange({ kind: 'sse-s3' });
    else onChange({ kind: 'sse-kms', key });
  }, [target, settled, rule?.kind, key, onChange]);

  function choose(kind: string): void {
    const [customer] = customers;
    if (kind === 'sse-kms' && key !== undefined) onChange({ kind, key });
    else if (kind === 'sse-c' && customer) onChange({ kind, keyId: customer.id });
    else if (kind === 'sse-s3' || kind === 'rule') onChange({ kind });
  }

  const ruleWords = rule === undefined ? '' : rule.kind === 'sse-kms' ? `SSE-KMS ${rule.key}` : rule.kind === 'sse-s3' ? 'SSE-S3' : '';
  return (
    <fieldset className={styles.group}>
      <legend>{t('inPlace.target.head')}</legend>
      <Radio.Group value={target?.kind ?? ''} onChange={choose} aria-label={t('inPlace.target.head')}>
        <div className={styles.rows}>
          <div className={styles.way}>
            <Radio value="sse-kms" label="SSE-KMS" description={t('inPlace.target.kmsWhy')} disabled={keys.length === 0} />
            {target?.kind === 'sse-kms' ? (
              <Select
                aria-label={t('inPlace.target.key')}
                className={styles.key ?? ''}
                classNames={{ input: 'sd-mono' }}
                data={keys}
                value={target.key}
                allowDeselect={false}
                searchable={keys.length > 8}
                onChange={(next) => next && onChange({ kind: 'sse-kms', key: next })}
              />
            ) : null}
          </div>
          <Radio value="sse-s3" label="SSE-S3" description={t('inPlace.target.s3Why')} />
          <Radio
            value="rule"
            label={t('inPlace.target.rule')}
            description={rule?.kind === 'none' ? t('inPlace.target.noRule') : ruleWords === '' ? t('inPlace.target.ruleWhy') : ruleWords}
            disabled={rule?.kind === 'none'}
          />
          {customers.length > 0 ? (
            <div className={styles.way}>
              <Radio value="sse-c" label="SSE-C" description={t('inPlace.target.customerWhy')} />
              {target?.kind === 'sse-c' ? (
                <Select
                  aria-label={t('inPlace.target.customer')}
                  className={styles.key ?? ''}
                  data={customers.map(({ id, name }) => ({ value: id, label: name }))}
                  value={target.keyId}
                  allowDeselect={false}
                  onChange={(next) => next && onChange({ kind: 'sse-c', keyId: next })}
                />
              ) : null}
            </div>
          ) : null}
        </div>
      </Radio.Group>
    </fieldset>
  );
}
