import { Button, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import type { Custody } from '../../../shared/vault.ts';
import { CommandBlock } from '../../components/CommandBlock.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { FilePick, type PickedFile } from '../../components/FilePick.tsx';
import { SecretField, type SecretFieldHandle } from '../../components/SecretField.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import { saveText } from '../../rpc/files.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './custody.module.css';
import type { MadeFile } from './HandOutDialog.tsx';

type Seat = Custody['custodians'][number];

interface ConfirmFileProps {
  stackId: string;
  title: string;
  seat: Seat;
  shares: number;
  /** The file as it was just made; absent when it was made before. */
  made: MadeFile | undefined;
  next: Seat | undefined;
  onNext(seat: Seat): void;
  onClose(): void;
}

/** The file read back from where it was saved, and opened: by its passphrase here, or by the code that its reader sees. */
export function ConfirmFile({ stackId, title, seat, shares, made, next, onNext, onClose }: ConfirmFileProps) {
  const { t } = useWords();
  const confirm = useAction('vault.confirmHandOut');
  const secret = useRef<SecretFieldHandle>(null);
  const [file, setFile] = useState<PickedFile | undefined>(undefined);
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState<'file' | 'passphrase' | 'code' | undefined>(undefined);
  const { name } = seat;
  const fileName = seat.file?.name ?? '';

  async function read(): Promise<void> {
    const passphrase = seat.kind === 'passphrase' ? (secret.current?.take() ?? '') : undefined;
    if (file === undefined) return setMissing('file');
    if (passphrase === '') return setMissing('passphrase');
    if (seat.kind === 'pgp' && code.trim() === '') return setMissing('code');
    setMissing(undefined);
    const input = { stackId, custodian: seat.id, content: file.content };
    await confirm.run({ ...input, ...(passphrase === undefined ? { code: code.trim() } : { passphrase }) });
  }

  if (seat.confirmedAt !== undefined)
    return (
      <div className={styles.body}>
        <h2>{title}</h2>
        <p className="sd-note" data-mark="ok">
          <StateIcon mark="ok" silent />
          {t('vault.handOut.confirmed', { name, share: seat.share ?? 0, shares })}
        </p>
        <div className={styles.foot}>
          <Button onClick={onClose}>{t('vault.handOut.close')}</Button>
          {next === undefined ? null : (
            <Button variant="filled" data-autofocus onClick={() => onNext(next)}>
              {t('vault.handOut.next', { name: next.name })}
            </Button>
          )}
        </div>
      </div>
    );

  return (
    <form
      className={styles.body}
      onSubmit={(event) => {
        event.preventDefault();
        if (!confirm.pending) void read();
      }}
    >
      <h2>{title}</h2>
      {made === undefined ? null : (
        <>
          <p className={styles.saved}>
            <StateIcon mark="ok" silent />
            {t('vault.handOut.saved', { file: made.name })}
            <Button size="xs" variant="transparent" onClick={() => saveText(made.name, made.content, 'application/octet-stream')}>
              {t('vault.handOut.saveAgain')}
            </Button>
          </p>
          <div className={styles.recipe}>
            <p>{t('vault.handOut.recipe')}</p>
            <CommandBlock commands={[{ line: `${seat.kind === 'pgp' ? 'gpg' : 'age'} --decrypt '${made.name}'` }]} note={false} />
            <Button size="xs" variant="transparent" onClick={() => saveText(`${made.name}.txt`, made.recipe, 'text/plain')}>
              {t('vault.handOut.saveRecipe')}
            </Button>
          </div>
        </>
      )}
      <p className={styles.alone}>{t(seat.kind === 'pgp' ? 'vault.handOut.readBackPgp' : 'vault.handOut.readBack', { name })}</p>
      <FilePick
        label={t('vault.handOut.file')}
        why={fileName}
        file={file}
        error={missing === 'file' ? t('vault.handOut.fileMissing') : undefined}
        onPick={(picked) => {
          confirm.reset();
          setFile(picked);
        }}
      />
      {seat.kind === 'passphrase' ? (
        <SecretField
          ref={secret}
          label={t('vault.handOut.passphrase')}
          error={missing === 'passphrase' ? t('vault.handOut.passphraseMissing') : undefined}
        />
      ) : (
        <TextInput
          label={t('vault.handOut.code')}
          description={t('vault.handOut.codeWhy')}
          error={missing === 'code' ? t('vault.handOut.codeMissing') : undefined}
          value={code}
          classNames={{ input: 'sd-mono' }}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
      )}
      {confirm.error ? <ErrorNotice error={confirm.error} /> : null}
      <div className={styles.foot}>
        <Button onClick={onClose}>{t('vault.handOut.later')}</Button>
        <EngineButton type="submit" variant="filled" loading={confirm.pending}>
          {t('vault.handOut.doConfirm')}
        </EngineButton>
      </div>
    </form>
  );
}
