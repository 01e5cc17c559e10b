import { Radio } from '@mantine/core';
import type { StoreMode, StoreStatus } from '../../shared/app.ts';
import { useWords } from '../locales/language.ts';

/** One row for each way to keep secrets; a keychain that is not to be had keeps its reason. */
export function StoreModes({
  modes,
  keychain,
  className,
}: {
  modes: readonly StoreMode[];
  keychain: StoreStatus['keychain'];
  className: string | undefined;
}) {
  const { t } = useWords();
  return modes.map((mode) => {
    const off = mode === 'keychain' && !keychain.available;
    return (
      <Radio
        key={mode}
        value={mode}
        className={className ?? ''}
        disabled={off}
        label={t(`settings.store.mode.${mode}.name`)}
        description={off ? t('settings.store.noKeychain', { reason: keychain.reason ?? '-' }) : t(`settings.store.mode.${mode}.text`)}
      />
    );
  });
}
