import { Button, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import type { KeyProtection } from '../../../../shared/certificateFiles.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { FilePick, type PickedFile } from '../../../components/FilePick.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { NewPassphrase, type NewPassphraseHandle } from '../../../components/NewPassphrase.tsx';
import { SecretField, type SecretFieldHandle } from '../../../components/SecretField.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction } from '../../../rpc/hooks.ts';
import { Facts } from './FileCard.tsx';
import styles from './files.module.css';
import { KeyInPick } from './KeyInPick.tsx';
import { ProtectionPick } from './ProtectionPick.tsx';
import { isFileName, mostBytes, nameFrom } from './picked.ts';
import { formatNames } from './place.ts';

type Seen = Output<'certificates.inspect'>;

/** A file from elsewhere: looked into first, then taken in under a name. It and its password travel to the engine once. */
export function ImportDialog({ stackId, onClose }: { stackId: string; onClose(): void }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const [file, setFile] = useState<PickedFile | undefined>(undefined);
  const [seen, setSeen] = useState<Seen | undefined>(undefined);
  const [name, setName] = useState('');
  const [keyIn, setKeyIn] = useState<'file' | 'store'>('file');
  const [protection, setProtection] = useState<KeyProtection>('none');
  const inspect = useAction('certificates.inspect');
  const take = useAction('certificates.importFile');
  const password = useRef<SecretFieldHandle>(null);
  const passphrase = useRef<NewPassphraseHandle>(null);
  const hasKey = (seen?.keys.length ?? 0) > 0;
  const asks = hasKey && keyIn === 'file' && protection !== 'none';

  async function look(): Promise<void> {
    if (!file) return;
    const word = password.current?.take() ?? '';
    const { name: from, content } = file;
    const found = await inspect.run({ name: from.slice(0, 255), content, ...(word === '' ? {} : { password: word }) });
    setSeen(found);
    if (!found) return;
    setName(nameFrom(from));
    // The engine has it now; the window need not keep a key any longer.
    setFile({ name: from, content: '' });
  }

  async function submit(): Promise<void> {
    if (!seen) return look();
    if (!file || !isFileName(name)) return;
    const next = asks ? passphrase.current?.take() : undefined;
    if (asks && next === undefined) return;
    const done = await take.run({
      stackId,
      name,
      source: seen.source,
      keyIn,
      protection: keyIn === 'file' ? protection : 'none',
      ...(next === undefined ? {} : { passphrase: next }),
    });
    if (done) onClose();
  }

  const error = take.error ?? inspect.error;
  return (
    <FormDialog title={t('certificateFiles.import.title')} size={640} onClose={onClose} onSubmit={() => void submit()}>
      <p>{t('certificateFiles.import.text')}</p>
      <FilePick
        label={t('certificateFiles.import.file')}
        file={file}
        mostBytes={mostBytes}
        onPick={(next) => {
          setFile(next);
          setSeen(undefined);
        }}
      />
      {seen ? (
        <>
          <div className={styles.verdict}>
            <h3>
              {t('certificateFiles.import.found')}: {formatNames[seen.format]},{' '}
              {hasKey ? t('certificateFiles.import.keys', { count: seen.keys.length }) : t('certificateFiles.import.noKeys')}
            </h3>
            {seen.findings.map((finding) => (
              <p key={finding.text.code} className={styles.marked}>
                <StateIcon mark={finding.mark} />
                <span>{sentence(finding.text)}</span>
              </p>
            ))}
            {seen.certificates.slice(0, 1).map((certificate) => (
              <Facts key={certificate.fingerprint} certificate={certificate} brief />
            ))}
          </div>
          <TextInput
            label={t('certificateFiles.import.name')}
            value={name}
            error={isFileName(name) ? undefined : t('certificateFiles.new.nameWrong')}
            classNames={{ input: 'sd-mono' }}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {hasKey ? <KeyInPick value={keyIn} onChange={setKeyIn} /> : null}
          {hasKey && keyIn === 'file' ? (
            <ProtectionPick label={t('certificateFiles.new.protection')} value={protection} onChange={setProtection} />
          ) : null}
          {asks ? <NewPassphrase ref={passphrase} className={styles.fields} why={t('certificateFiles.new.passphraseWhy')} /> : null}
        </>
      ) : (
        <SecretField ref={password} label={t('certificateFiles.import.password')} />
      )}
      {error ? <ErrorNotice error={error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('certificateFiles.import.cancel')}</Button>
        <EngineButton type="submit" variant="filled" disabled={!file} loading={inspect.pending || take.pending}>
          {t(seen ? 'certificateFiles.import.take' : 'certificateFiles.import.look')}
        </EngineButton>
      </FormFoot>
    </FormDialog>
  );
}
