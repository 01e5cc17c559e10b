import { Button, FileButton } from '@mantine/core';
import { IconFileUpload, IconX } from '@tabler/icons-react';
import { useWords } from '../../locales/language.ts';
import styles from './connect.module.css';

interface PickFileProps {
  label: string;
  why?: string;
  /** Name of the picked file. */
  name: string | undefined;
  accept?: string;
  error?: string | undefined;
  onPick(file: File | undefined): void;
}

/** One file by the browser's own dialog. Its content is read only when it is needed. */
export function PickFile({ label, why, name, accept, error, onPick }: PickFileProps) {
  const { t } = useWords();
  return (
    <div className={styles.pick}>
      <span className={styles.label}>{label}</span>
      <span className={styles.picked}>
        <FileButton onChange={(file) => onPick(file ?? undefined)} inputProps={{ 'aria-label': label }} {...(accept ? { accept } : {})}>
          {(button) => (
            <Button
              {...button}
              size="xs"
              leftSection={<IconFileUpload size={14} stroke={1.5} aria-hidden />}
              aria-label={`${t('connect.pick')} ${label}`}
            >
              {t('connect.pick')}
            </Button>
          )}
        </FileButton>
        {name === undefined ? null : (
          <>
            <span className={`sd-mono ${styles.fileName}`} title={name}>
              {name}
            </span>
            <Button size="xs" variant="subtle" onClick={() => onPick(undefined)} aria-label={t('connect.unpick', { name })}>
              <IconX size={14} stroke={1.5} aria-hidden />
            </Button>
          </>
        )}
      </span>
      {why === undefined ? null : <span className={styles.why}>{why}</span>}
      {error === undefined ? null : <span className={styles.wrong}>{error}</span>}
    </div>
  );
}
