import { Radio } from '@mantine/core';
import type { DenyMode } from '../../../shared/buckets.ts';
import { KmsKeyPick } from '../../components/KmsKeyPick.tsx';
import { useWords } from '../../locales/language.ts';
import styles from './buckets.module.css';
import require from './require.module.css';
import { type Kms, useKeys } from './useKeys.ts';

type ModeName = 'anyHeader' | 'sse-s3' | 'sse-kms' | 'oneKey';

interface ModeProps {
  stackId: string;
  /** Absent: not known yet. */
  kms: Kms | undefined;
  mode: DenyMode;
  onChange(mode: DenyMode): void;
}

/** Which header an upload must have. What MinIO itself would refuse keeps its reason and cannot be required. */
export function ModeChoice({ stackId, kms, mode, onChange }: ModeProps) {
  const { t } = useWords();
  const { keys, none, refused } = useKeys(stackId, kms);
  const key = mode.kind === 'sse-kms' ? mode.key : undefined;
  const name: ModeName = key === undefined ? mode.kind : 'oneKey';
  const first = kms?.defaultKey ?? keys[0];

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
          <Radio
            value="sse-s3"
            label={t('buckets.deny.s3')}
            description={none ? refused?.title : t('buckets.deny.s3Why')}
            disabled={none}
          />
          <Radio
            value="sse-kms"
            label={t('buckets.deny.kms')}
            description={none ? refused?.title : t('buckets.deny.kmsWhy')}
            disabled={none}
          />
          <Radio
            value="oneKey"
            label={t('buckets.deny.kmsKey')}
            description={refused?.title ?? t('buckets.deny.kmsKeyWhy')}
            disabled={first === undefined}
          />
        </div>
      </Radio.Group>
      {refused ? <p className={styles.refused}>{refused.next}</p> : null}
      {key === undefined ? null : (
        <KmsKeyPick
          className={require.key}
          label={t('buckets.plan.key')}
          keys={keys}
          value={key}
          onChange={(next) => onChange({ kind: 'sse-kms', key: next })}
        />
      )}
    </div>
  );
}
