import { useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import { ChoiceField, TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';

/** `picked`: the bucket is chosen elsewhere on the page. */
export function BucketForm({ values, change, wrong, stack, picked = false }: FormProps<'bucket'> & { picked?: boolean }) {
  const { t } = useWords();
  const keys = useCall('kes.keys', { stackId: stack.id }).data?.keys ?? [];
  const defaultKey = stack.minioClusters[0]?.defaultKey ?? '';
  return (
    <>
      {picked ? null : (
        <TextField
          label={t('setup.bucket.name')}
          why={t('setup.bucket.nameWhy')}
          error={wrong('bucket', t('setup.bucketNameWrong'))}
          value={values.bucket}
          onChange={(bucket) => change({ bucket })}
          mono
        />
      )}
      <ChoiceField
        label={t('setup.bucket.rule')}
        value={values.rule}
        rows={[
          { value: 'sse-kms', label: t('setup.bucket.kms'), why: t('setup.bucket.kmsWhy') },
          { value: 'sse-s3', label: t('setup.bucket.s3'), why: t('setup.bucket.s3Why', { key: defaultKey }) },
        ]}
        onChange={(rule) => change({ rule })}
      />
      {values.rule === 'sse-kms' ? (
        <TextField
          label={t('setup.bucket.key')}
          why={t('setup.bucket.keyWhy')}
          error={wrong('key', t('setup.keyNameWrong'))}
          value={values.key ?? defaultKey}
          onChange={(key) => change({ key })}
          known={keys.map(({ name }) => name)}
          mono
        />
      ) : null}
    </>
  );
}
