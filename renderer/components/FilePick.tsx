import { Button, Input } from '@mantine/core';
import { IconFile, IconFileCheck } from '@tabler/icons-react';
import { useId, useRef, useState } from 'react';
import { useWords } from '../locales/language.ts';
import styles from './filePick.module.css';

export interface PickedFile {
  readonly name: string;
  /** Its text, or base64 where it is no text. */
  readonly content: string;
}

/** A key or a custodian's file. */
const usualBytes = 70_000;

interface FilePickProps {
  label: string;
  why?: string;
  file: PickedFile | undefined;
  error?: string | undefined;
  mostBytes?: number;
  onPick(file: PickedFile): void;
}

/** A small file, dropped or chosen; it is read here and sent nowhere by itself. */
export function FilePick({ label, why, file, error, mostBytes = usualBytes, onPick }: FilePickProps) {
  const { t } = useWords();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [tooLarge, setTooLarge] = useState(false);
  const Icon = file === undefined ? IconFile : IconFileCheck;

  async function take(list: FileList | null | undefined): Promise<void> {
    const chosen = list?.[0];
    if (!chosen) return;
    const content = await readSmallFile(chosen, mostBytes);
    setTooLarge(content === undefined);
    if (content !== undefined) onPick({ name: chosen.name, content });
  }

  return (
    <Input.Wrapper label={label} labelProps={{ htmlFor: id }} description={why} error={tooLarge ? t('components.fileTooLarge') : error}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way, the button is the first */}
      <div
        className={styles.pick}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          event.stopPropagation();
          setOver(false);
          void take(event.dataTransfer.files);
        }}
      >
        <Icon size={16} stroke={1.5} color={file === undefined ? 'var(--sd-t3)' : 'var(--sd-ok)'} aria-hidden />
        <span className={styles.name}>{file?.name ?? t('components.dropFile')}</span>
        <Button
          id={id}
          size="xs"
          variant="transparent"
          onClick={() => input.current?.click()}
          aria-label={`${t('components.chooseFile')} ${label}`}
        >
          {file === undefined ? t('components.chooseFile') : t('components.otherFile')}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={label}
          onChange={(event) => {
            void take(event.currentTarget.files);
            event.currentTarget.value = '';
          }}
        />
      </div>
    </Input.Wrapper>
  );
}

/** Text of a small file, or its base64 when it is no text; undefined when it is too large for what is asked for. */
export async function readSmallFile(file: File, mostBytes = usualBytes): Promise<string | undefined> {
  return file.size > mostBytes ? undefined : textOf(new Uint8Array(await file.arrayBuffer()));
}

/** Bytes that are no UTF-8 text (a binary key) go as base64. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  }
}
