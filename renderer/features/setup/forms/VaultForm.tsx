import { useWords } from '../../../locales/language.ts';
import { Pair, SwitchField, TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';

export function VaultForm({ values, change, wrong, product }: FormProps<'vault'>) {
  const { t } = useWords();
  return (
    <>
      <SwitchField
        label={t('setup.vault.ui')}
        why={t('setup.vault.uiWhy', { product })}
        value={values.ui}
        onChange={(ui) => change({ ui })}
      />
      <Pair>
        <TextField
          label={t('setup.vault.defaultLease')}
          why={t('setup.vault.defaultLeaseWhy')}
          error={wrong('defaultLease', t('setup.vault.leaseWrong'))}
          value={values.defaultLease}
          onChange={(defaultLease) => change({ defaultLease })}
          mono
        />
        <TextField
          label={t('setup.vault.maxLease')}
          why={t('setup.vault.maxLeaseWhy')}
          error={wrong('maxLease', t('setup.vault.leaseWrong'))}
          value={values.maxLease}
          onChange={(maxLease) => change({ maxLease })}
          mono
        />
      </Pair>
    </>
  );
}
