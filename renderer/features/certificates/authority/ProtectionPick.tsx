import { Select } from '@mantine/core';
import { type KeyProtection, keyProtection } from '../../../../shared/certificateFiles.ts';
import { useWords } from '../../../locales/language.ts';

/** How a private key is to be protected in its file, with what the servers make of it. */
export function ProtectionPick({ label, value, onChange }: { label: string; value: KeyProtection; onChange(value: KeyProtection): void }) {
  const { t } = useWords();
  return (
    <Select
      label={label}
      description={value === 'none' ? undefined : t('certificateFiles.protect.readers')}
      value={value}
      allowDeselect={false}
      data={keyProtection.options.map((one) => ({ value: one, label: t(`certificateFiles.protection.${one}`) }))}
      onChange={(next) => onChange(keyProtection.parse(next))}
    />
  );
}
