import { Button, Textarea } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { announceFile, sendFile } from '../../rpc/files.ts';
import { useAction, useClient } from '../../rpc/hooks.ts';
import styles from './variables.module.css';

export type VariablesRead = Output<'minio.readVariables'>;

/** A file, or pasted lines. What is pasted stays in the text box alone and is cleared when it is sent. */
export function ReadForm({ onRead }: { onRead(read: VariablesRead): void }) {
  const { t } = useWords();
  const client = useClient();
  const read = useAction('minio.readVariables');
  const file = useRef<HTMLInputElement>(null);
  const pasted = useRef<HTMLTextAreaElement>(null);
  const [filled, setFilled] = useState(false);

  async function take(chosen: File | undefined): Promise<void> {
    if (!chosen) return;
    const { token, uploadPath } = await announceFile(client, chosen);
    // The call waits for the bytes, so both are on their way at once.
    const [answer] = await Promise.all([read.run({ file: token }), sendFile(uploadPath, chosen).catch(() => undefined)]);
    if (answer) onRead(answer);
  }

  async function sendPasted(): Promise<void> {
    const content = pasted.current?.value ?? '';
    if (content === '') return;
    const answer = await read.run({ content });
    if (!answer) return;
    if (pasted.current) pasted.current.value = '';
    onRead(answer);
  }

  return (
    <form
      className={styles.read}
      onSubmit={(event) => {
        event.preventDefault();
        void sendPasted();
      }}
    >
      <section
        aria-label={t('minioVariables.read.title')}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          event.stopPropagation();
          void take(event.dataTransfer.files[0]);
        }}
      >
        <input
          ref={file}
          type="file"
          hidden
          aria-label={t('minioVariables.read.file')}
          onChange={(event) => {
            const [chosen] = event.currentTarget.files ?? [];
            void take(chosen);
            event.currentTarget.value = '';
          }}
        />
        <Button leftSection={<IconFileText size={16} stroke={1.5} aria-hidden />} onClick={() => file.current?.click()}>
          {t('minioVariables.read.choose')}
        </Button>
        <Textarea
          ref={pasted}
          className={styles.paste}
          label={t('minioVariables.read.paste')}
          description={t('minioVariables.read.pasteWhy')}
          minRows={8}
          autosize
          maxRows={16}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setFilled(event.currentTarget.value.trim() !== '')}
        />
      </section>
      {read.error ? <ErrorNotice error={read.error} /> : null}
      <EngineButton type="submit" variant="filled" loading={read.pending} disabled={!filled}>
        {t('minioVariables.read.go')}
      </EngineButton>
    </form>
  );
}
