import { Button, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type BucketRule, bucketName } from '../../../shared/minio.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { FormDialog, FormFoot } from '../../components/FormDialog.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './buckets.module.css';
import type { Done } from './ResultNotice.tsx';
import { RuleChoice } from './RuleChoice.tsx';
import type { Kms } from './useKeys.ts';

interface NewProps {
  stackId: string;
  kms: Kms;
  onClose(): void;
  onDone(done: Done): void;
}

/** A bucket with its rule from the first moment. */
export function NewBucket({ stackId, kms, onClose, onDone }: NewProps) {
  const { t } = useWords();
  const create = useAction('buckets.create');
  const [name, setName] = useState('');
  const [rule, setRule] = useState<BucketRule>(
    kms.kind === 'none' ? { kind: 'none' } : kms.defaultKey ? { kind: 'sse-kms', key: kms.defaultKey } : { kind: 'sse-s3' },
  );
  const [versioning, setVersioning] = useState(true);
  const [lock, setLock] = useState(false);
  const fits = bucketName.safeParse(name).success;

  async function submit(): Promise<void> {
    if (!fits) return;
    const made = await create.run({ stackId, bucket: name, rule, versioning: versioning || lock, lock });
    if (made) onDone({ kind: 'made', name: made.name });
  }

  return (
    <FormDialog title={t('buckets.make.title')} size={520} onClose={onClose} onSubmit={() => void submit()}>
      <TextInput
        label={t('buckets.make.name')}
        description={t('buckets.make.nameWhy')}
        error={name.length > 2 && !fits ? t('buckets.make.nameWrong') : undefined}
        value={name}
        maxLength={63}
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: 'sd-mono' }}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className={styles.rule}>
        <h3>{t('buckets.make.rule')}</h3>
        <RuleChoice stackId={stackId} rule={rule} kms={kms} withNone onChange={setRule} />
      </div>
      <Switch
        label={t('buckets.make.versions')}
        description={t('buckets.make.versionsWhy')}
        checked={versioning || lock}
        disabled={lock}
        onChange={(event) => setVersioning(event.currentTarget.checked)}
      />
      <Switch
        label={t('buckets.make.lock')}
        description={t('buckets.make.lockWhy')}
        checked={lock}
        onChange={(event) => setLock(event.currentTarget.checked)}
      />
      {create.error ? <ErrorNotice error={create.error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('buckets.make.cancel')}</Button>
        <ChangeButton type="submit" variant="filled" disabled={!fits} loading={create.pending}>
          {t('buckets.make.doIt')}
        </ChangeButton>
      </FormFoot>
    </FormDialog>
  );
}
