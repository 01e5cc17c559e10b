import { Radio, Select } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import type { EncryptionChoice } from '../../../shared/encryption.ts';
import type { ErrorText } from '../../../shared/text.ts';
import { KmsKeyPick } from '../../components/KmsKeyPick.tsx';
import { useWords } from '../../locales/language.ts';
import styles from './inPlace.module.css';
import { useTargets } from './useTargets.ts';

interface TargetProps {
  stackId: string;
  /** The one bucket it is about, if there is one. */
  bucket: string | undefined;
  target: EncryptionChoice | undefined;
  onChange(target: EncryptionChoice): void;
}

/** SSE-KMS with a key of KES, SSE-S3, what the bucket's rule says, or a customer's key that is kept here. What would be refused keeps its reason. */
export function TargetChoice({ stackId, bucket, target, onChange }: TargetProps) {
  const { t } = useWords();
  const { keys, key, customers, rule, refused, settled } = useTargets(stackId, bucket);
  // What the bucket's rule says is what was meant for its objects; without one, a key of KES.
  useEffect(() => {
    if (target || !settled) return;
    if (key !== undefined && rule?.kind !== 'sse-s3') onChange({ kind: 'sse-kms', key });
    else if (!refused['sse-s3']) onChange({ kind: 'sse-s3' });
  }, [target, settled, rule?.kind, key, refused['sse-s3'], onChange]);

  function choose(kind: string): void {
    const [customer] = customers;
    if (kind === 'sse-kms' && key !== undefined) onChange({ kind, key });
    else if (kind === 'sse-c' && customer) onChange({ kind, keyId: customer.id });
    else if (kind === 'sse-s3' || kind === 'rule') onChange({ kind });
  }

  const ruleWords = rule?.kind === 'sse-kms' ? `SSE-KMS ${rule.key}` : rule?.kind === 'sse-s3' ? 'SSE-S3' : t('inPlace.target.ruleWhy');
  return (
    <fieldset className={styles.group}>
      <legend>{t('inPlace.target.head')}</legend>
      <Radio.Group value={target?.kind ?? ''} onChange={choose} aria-label={t('inPlace.target.head')}>
        <div className={styles.rows}>
          <Way kind="sse-kms" label="SSE-KMS" why={t('inPlace.target.kmsWhy')} refused={refused['sse-kms']}>
            {target?.kind === 'sse-kms' ? (
              <KmsKeyPick
                className={styles.key}
                label={t('inPlace.target.key')}
                keys={keys}
                value={target.key}
                onChange={(next) => onChange({ kind: 'sse-kms', key: next })}
              />
            ) : null}
          </Way>
          <Way kind="sse-s3" label="SSE-S3" why={t('inPlace.target.s3Why')} refused={refused['sse-s3']} />
          <Way kind="rule" label={t('inPlace.target.rule')} why={ruleWords} refused={refused.rule} />
          <Way kind="sse-c" label="SSE-C" why={t('inPlace.target.customerWhy')} refused={refused['sse-c']}>
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
          </Way>
        </div>
      </Radio.Group>
    </fieldset>
  );
}

interface WayProps {
  kind: EncryptionChoice['kind'];
  label: string;
  why: string;
  refused: Partial<ErrorText> | undefined;
  /** What is chosen within it, at the right. */
  children?: ReactNode;
}

function Way({ kind, label, why, refused, children }: WayProps) {
  const { language } = useWords();
  const reason = [refused?.title, refused?.next].filter(Boolean).join(language === 'en' ? '. ' : '。');
  return (
    <div className={styles.way}>
      <Radio value={kind} label={label} description={refused ? reason : why} disabled={refused !== undefined} />
      {children}
    </div>
  );
}
