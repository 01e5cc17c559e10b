import { Button, Select, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import type { KeyProtection } from '../../../../shared/certificateFiles.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { NewPassphrase, type NewPassphraseHandle } from '../../../components/NewPassphrase.tsx';
import { SecretField, type SecretFieldHandle } from '../../../components/SecretField.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useWords } from '../../../locales/language.ts';
import { saveBytes } from '../../../rpc/files.ts';
import { useAction } from '../../../rpc/hooks.ts';
import styles from './files.module.css';
import { ProtectionPick } from './ProtectionPick.tsx';

const forms = ['pem', 'der', 'pkcs7', 'withKey', 'pkcs12'] as const;
type Form = (typeof forms)[number];
const weakModes = ['RC2', '3DES', 'SHA-1 MAC'] as const;
type Weak = (typeof weakModes)[number];

/** Certificates go out through the window; with a key they go into a file that only this user reads. */
export function ExportDialog({ stackId, file, locked, onClose }: { stackId: string; file: string; locked: boolean; onClose(): void }) {
  const { t } = useWords();
  const [form, setForm] = useState<Form>('pem');
  const [to, setTo] = useState('');
  const [protection, setProtection] = useState<KeyProtection>('pkcs8');
  const [weak, setWeak] = useState<Weak | ''>('');
  const open = useAction('certificates.exportPublic');
  const write = useAction('certificates.exportWithKey');
  const [written, setWritten] = useState<{ path: string; mode?: string | undefined } | undefined>(undefined);
  const current = useRef<SecretFieldHandle>(null);
  const passphrase = useRef<NewPassphraseHandle>(null);
  const keyed = form === 'withKey' || form === 'pkcs12';
  const asks = form === 'pkcs12' || (form === 'withKey' && protection !== 'none');

  async function submit(): Promise<void> {
    if (form !== 'withKey' && form !== 'pkcs12') {
      const found = await open.run({ stackId, file, format: form });
      if (!found) return;
      saveBytes(found.name, found.content);
      return onClose();
    }
    const word = asks ? passphrase.current?.take() : undefined;
    if (asks && word === undefined) return;
    const was = current.current?.take() ?? '';
    const done = await write.run({
      stackId,
      file,
      format: form === 'pkcs12' ? 'pkcs12' : 'pem',
      to: to.trim(),
      protection,
      ...(was === '' ? {} : { current: was }),
      ...(word === undefined ? {} : { passphrase: word }),
      ...(form === 'pkcs12' && weak !== '' ? { weak } : {}),
    });
    if (done) setWritten(done);
  }

  if (written)
    return (
      <FormDialog title={t('certificateFiles.export.title', { file })} onClose={onClose} onSubmit={onClose}>
        <p className="sd-note" data-mark="ok">
          <StateIcon mark="ok" silent />
          {t('certificateFiles.export.done', { path: written.path, mode: written.mode ?? '–' })}
        </p>
        <FormFoot>
          <Button type="submit" variant="filled" data-autofocus>
            {t('certificateFiles.export.close')}
          </Button>
        </FormFoot>
      </FormDialog>
    );

  const error = keyed ? write.error : open.error;
  return (
    <FormDialog title={t('certificateFiles.export.title', { file })} onClose={onClose} onSubmit={() => void submit()}>
      <Select
        label={t('certificateFiles.export.what')}
        description={form === 'pkcs12' ? t('certificateFiles.export.pkcs12Why') : undefined}
        value={form}
        allowDeselect={false}
        data={forms.map((one) => ({ value: one, label: t(`certificateFiles.export.${one}`) }))}
        onChange={(next) => setForm(forms.find((one) => one === next) ?? 'pem')}
      />
      {keyed ? (
        <>
          {form === 'pkcs12' ? (
            <Select
              label={t('certificateFiles.export.old')}
              value={weak}
              allowDeselect={false}
              data={[
                { value: '', label: t('certificateFiles.export.oldNone') },
                ...weakModes.map((one) => ({ value: one as string, label: one })),
              ]}
              onChange={(next) => setWeak(weakModes.find((one) => one === next) ?? '')}
            />
          ) : (
            <ProtectionPick label={t('certificateFiles.new.protection')} value={protection} onChange={setProtection} />
          )}
          <TextInput
            label={t('certificateFiles.export.to')}
            description={t('certificateFiles.export.toWhy')}
            classNames={{ input: 'sd-mono' }}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          {locked ? <SecretField ref={current} label={t('certificateFiles.export.current')} /> : null}
          {asks ? <NewPassphrase ref={passphrase} className={styles.fields} why={t('certificateFiles.export.passphrase')} /> : null}
        </>
      ) : null}
      {error ? <ErrorNotice error={error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('certificateFiles.export.cancel')}</Button>
        <EngineButton type="submit" variant="filled" disabled={keyed && to.trim() === ''} loading={open.pending || write.pending}>
          {t(keyed ? 'certificateFiles.export.write' : 'certificateFiles.export.download')}
        </EngineButton>
      </FormFoot>
    </FormDialog>
  );
}
