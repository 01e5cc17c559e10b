import { useWords } from '../../../locales/language.ts';
import { TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';

export function KeyForm({ values, change, wrong, stack }: FormProps<'key'>) {
  const { t } = useWords();
  const pattern = stack.kesClusters[0]?.policy.pattern ?? 'minio-*';
  return (
    <TextField
      label={t('setup.key.name')}
      why={t('setup.key.nameWhy', { pattern })}
      error={wrong('name', t('setup.keyNameWrong'))}
      value={values.name}
      onChange={(name) => change({ name })}
      mono
    />
  );
}
