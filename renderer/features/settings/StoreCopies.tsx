import { Button, Checkbox, Modal } from '@mantine/core';
import { useRef, useState } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { NewPassphrase, type NewPassphraseHandle } from '../../components/NewPassphrase.tsx';
import { SecretField, type SecretFieldHandle } from '../../components/SecretField.tsx';
import { useWords } from '../../locales/language.ts';
import { saveText } from '../../rpc/files.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './settings.module.css';

/** The whole store as a file under a passphrase of its own, and back. */
export function StoreCopies() {
  const { t } = useWords();
  const [asked, setAsked] = useState<'export' | 'import' | undefined>(undefined);
  const none = (): void => setAsked(undefined);
  const title = t(asked === 'import' ? 'settings.copy.importTitle' : 'settings.copy.exportTitle');
  return (
    <div className={styles.copies}>
      <Button onClick={() => setAsked('export')}>{t('settings.copy.export')}</Button>
      <Button onClick={() => setAsked('import')}>{t('settings.copy.import')}</Button>
      <span className={styles.quiet}>{t('settings.copy.text')}</span>
      <Modal.Root opened={asked !== undefined} onClose={none} returnFocus>
        <Modal.Overlay />
        <Modal.Content aria-label={title}>
          <Modal.Body>
            <div className={styles.copyDialog}>
              <h2>{title}</h2>
              {asked === 'export' ? <Export onDone={none} /> : asked === 'import' ? <Import onDone={none} /> : null}
            </div>
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
    </div>
  );
}

function Export({ onDone }: { onDone(): void }) {
  const { t } = useWords();
  const write = useAction('store.export');
  const typed = useRef<NewPassphraseHandle>(null);
  async function submit(): Promise<void> {
    const passphrase = typed.current?.take();
    if (passphrase === undefined) return;
    const made = await write.run({ passphrase });
    if (!made) return;
    saveText(made.name, made.content, 'application/octet-stream');
    onDone();
  }
  return (
    <form
      className={styles.copyForm}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <NewPassphrase ref={typed} className={styles.copyForm} why={t('settings.copy.why')} />
      {write.error ? <ErrorNotice error={write.error} /> : null}
      <div className={styles.copyFoot}>
        <Button onClick={onDone}>{t('settings.copy.cancel')}</Button>
        <EngineButton type="submit" variant="filled" loading={write.pending}>
          {t('settings.copy.exportDo')}
        </EngineButton>
      </div>
    </form>
  );
}

function Import({ onDone }: { onDone(): void }) {
  const { t } = useWords();
  const take = useAction('store.import');
  const field = useRef<SecretFieldHandle>(null);
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<{ name: string; content: string } | undefined>(undefined);
  const [replace, setReplace] = useState(false);
  const [counts, setCounts] = useState<{ taken: number; kept: number } | undefined>(undefined);

  async function submit(): Promise<void> {
    const passphrase = field.current?.take() ?? '';
    if (file === undefined || passphrase === '') return;
    setCounts(await take.run({ content: file.content, passphrase, replace }));
  }

  if (counts)
    return (
      <div className={styles.copyForm} role="status">
        <p className={styles.sentence}>{t('settings.copy.taken', { taken: counts.taken, kept: counts.kept })}</p>
        <div className={styles.copyFoot}>
          <Button variant="filled" onClick={onDone}>
            {t('frame.close')}
          </Button>
        </div>
      </div>
    );
  return (
    <form
      className={styles.copyForm}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className={styles.row}>
        <Button onClick={() => input.current?.click()}>{t('settings.copy.choose')}</Button>
        <span className={styles.quiet}>{file?.name ?? t('settings.copy.none')}</span>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={t('settings.copy.choose')}
          onChange={(event) => {
            const chosen = event.currentTarget.files?.[0];
            if (chosen) void chosen.text().then((content) => setFile({ name: chosen.name, content }));
          }}
        />
      </div>
      <SecretField ref={field} label={t('settings.copy.passphrase')} />
      <Checkbox
        label={t('settings.copy.replace')}
        description={t('settings.copy.replaceWhy')}
        checked={replace}
        onChange={(event) => setReplace(event.currentTarget.checked)}
      />
      {take.error ? <ErrorNotice error={take.error} /> : null}
      <div className={styles.copyFoot}>
        <Button onClick={onDone}>{t('settings.copy.cancel')}</Button>
        <EngineButton type="submit" variant="filled" disabled={file === undefined} loading={take.pending}>
          {t('settings.copy.importDo')}
        </EngineButton>
      </div>
    </form>
  );
}
