import { Button } from '@mantine/core';
import { useRef, useState } from 'react';
import type { KeyProtection } from '../../../../shared/certificateFiles.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { NewPassphrase, type NewPassphraseHandle } from '../../../components/NewPassphrase.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { SecretField, type SecretFieldHandle } from '../../../components/SecretField.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';
import styles from './files.module.css';
import { ProtectionPick } from './ProtectionPick.tsx';

interface ProtectProps {
  stackId: string;
  file: string;
  now: KeyProtection;
  onClose(): void;
}

/** Another passphrase for a key's file, a first one, or none. */
export function ProtectDialog({ stackId, file, now, onClose }: ProtectProps) {
  const { t } = useWords();
  const [protection, setProtection] = useState<KeyProtection>(now === 'none' ? 'rfc1423' : 'none');
  const protect = useAction('certificates.protectKey');
  const current = useRef<SecretFieldHandle>(null);
  const next = useRef<NewPassphraseHandle>(null);

  async function submit(): Promise<void> {
    const passphrase = protection === 'none' ? undefined : next.current?.take();
    if (protection !== 'none' && passphrase === undefined) return;
    const was = current.current?.take() ?? '';
    const done = await protect.run({
      stackId,
      file,
      protection,
      ...(was === '' ? {} : { current: was }),
      ...(passphrase === undefined ? {} : { passphrase }),
    });
    if (done) onClose();
  }

  return (
    <FormDialog title={t('certificateFiles.protect.title', { file })} onClose={onClose} onSubmit={() => void submit()}>
      {now === 'none' ? null : <SecretField ref={current} label={t('certificateFiles.protect.current')} />}
      <ProtectionPick label={t('certificateFiles.protect.next')} value={protection} onChange={setProtection} />
      {protection === 'none' ? null : <NewPassphrase ref={next} className={styles.fields} why={t('certificateFiles.new.passphraseWhy')} />}
      {protect.error ? <ErrorNotice error={protect.error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('certificateFiles.protect.cancel')}</Button>
        <ChangeButton type="submit" variant="filled" loading={protect.pending}>
          {t('certificateFiles.protect.do')}
        </ChangeButton>
      </FormFoot>
    </FormDialog>
  );
}
