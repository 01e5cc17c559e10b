import { Button, FileButton, UnstyledButton } from '@mantine/core';
import { IconFile, IconUpload } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { formatBytes } from '../../../components/format.ts';
import { useLanguage, useWords } from '../../../locales/language.ts';
import styles from '../fields.module.css';
import { TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';
import { useObjectFile } from '../objectFile.ts';

/** What the engine calls its own small text. Sent by name, because a name from an earlier file would stay otherwise. */
export const sampleName = 'hello-from-sealdeck.txt';

export function ObjectForm({ values, change, wrong, proven }: FormProps<'object'>) {
  const { t } = useWords();
  const language = useLanguage();
  const { file, choose } = useObjectFile();
  const [over, setOver] = useState(false);

  function take(next: File | null | undefined): void {
    if (!next) return;
    choose(next);
    change({ name: next.name });
  }
  function drop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  }

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is the extra way; the button inside does the same by keyboard */}
      <div
        className={styles.drop}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {file ? (
          <>
            <IconFile size={20} stroke={1.5} aria-hidden />
            <p className={styles.dropName}>{file.name}</p>
            <p className={styles.why}>{formatBytes(file.size, language)}</p>
          </>
        ) : (
          <>
            <IconUpload size={20} stroke={1.5} aria-hidden />
            <p className={styles.dropName}>{t('setup.object.drop')}</p>
            <p className={styles.why}>{t('setup.object.dropWhy')}</p>
          </>
        )}
        <div className={styles.dropButtons}>
          <FileButton onChange={take} inputProps={{ 'aria-label': t('setup.object.pick') }}>
            {(props) => (
              <Button size="xs" {...props}>
                {file ? t('setup.object.another') : t('setup.object.pick')}
              </Button>
            )}
          </FileButton>
          {file ? (
            <UnstyledButton
              className={styles.link}
              onClick={() => {
                choose(undefined);
                change({ name: sampleName });
              }}
            >
              {t('setup.object.sample')}
            </UnstyledButton>
          ) : null}
        </div>
      </div>
      {file ? (
        <TextField
          label={t('setup.object.name')}
          why={t('setup.object.nameWhy', { bucket: values.bucket })}
          error={wrong('name', t('setup.object.nameWrong'))}
          value={values.name ?? file.name}
          onChange={(name) => change({ name })}
          mono
        />
      ) : (
        <p className={styles.why}>
          {proven
            ? t('setup.object.there', { bucket: values.bucket, name: values.name ?? sampleName })
            : t('setup.object.sampleWhy', { bucket: values.bucket, name: sampleName })}
        </p>
      )}
    </>
  );
}
