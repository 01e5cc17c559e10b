import { Radio } from '@mantine/core';
import { useWords } from '../../../locales/language.ts';
import styles from './files.module.css';

/** Whether a private key goes into a file or stays in the credential store. */
export function KeyInPick({ value, onChange }: { value: 'file' | 'store'; onChange(value: 'file' | 'store'): void }) {
  const { t } = useWords();
  return (
    <Radio.Group label={t('certificateFiles.new.keyIn')} value={value} onChange={(next) => onChange(next === 'store' ? 'store' : 'file')}>
      <div className={styles.choices}>
        <Radio value="file" label={t('certificateFiles.new.keyFile')} />
        <Radio value="store" label={t('certificateFiles.new.keyStore')} />
      </div>
    </Radio.Group>
  );
}
