import { Radio } from '@mantine/core';
import { useRef, useState } from 'react';
import type { StoreMode, StoreStatus } from '../../shared/app.ts';
import { useWords } from '../locales/language.ts';
import { useAction } from '../rpc/hooks.ts';
import { ErrorNotice } from './ErrorNotice.tsx';
import { EngineButton } from './engine/EngineButton.tsx';
import { NewPassphrase, type NewPassphraseHandle } from './NewPassphrase.tsx';
import { SecretField, type SecretFieldHandle } from './SecretField.tsx';
import { StoreModes } from './StoreModes.tsx';
import styles from './storeForms.module.css';

const modes: readonly StoreMode[] = ['keychain', 'passphrase', 'practice', 'memory'];

/** The first choice of Set up and Settings: how the credential store is kept. Each mode says what it protects against. */
export function StoreCreate({ keychain, onDone, filled = true }: { keychain: StoreStatus['keychain']; onDone?(): void; filled?: boolean }) {
  const { t } = useWords();
  const create = useAction('store.create');
  const [mode, setMode] = useState<StoreMode>(keychain.available ? 'keychain' : 'passphrase');
  const typed = useRef<NewPassphraseHandle>(null);

  async function submit(): Promise<void> {
    const passphrase = mode === 'passphrase' ? typed.current?.take() : undefined;
    if (mode === 'passphrase' && passphrase === undefined) return;
    if (await create.run({ mode, ...(passphrase === undefined ? {} : { passphrase }) })) onDone?.();
  }

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Radio.Group value={mode} onChange={(value) => setMode(value as StoreMode)} aria-label={t('settings.store.modes')}>
        <StoreModes modes={modes} keychain={keychain} className={styles.mode} />
      </Radio.Group>
      {mode === 'passphrase' ? <NewPassphrase ref={typed} className={styles.fields} /> : null}
      {create.error ? <ErrorNotice error={create.error} /> : null}
      <div>
        <EngineButton type="submit" variant={filled ? 'filled' : 'default'} loading={create.pending}>
          {t('settings.store.create')}
        </EngineButton>
      </div>
    </form>
  );
}

/** Opens a locked store: with the passphrase, or by asking the keychain again. */
export function StoreUnlock({ status, onDone }: { status: StoreStatus; onDone?(): void }) {
  const { t } = useWords();
  const unlock = useAction('store.unlock');
  const field = useRef<SecretFieldHandle>(null);
  const asks = status.mode === 'passphrase';

  async function submit(): Promise<void> {
    const passphrase = asks ? (field.current?.take() ?? '') : '';
    if (asks && passphrase === '') {
      field.current?.focus();
      return;
    }
    if (await unlock.run(asks ? { passphrase } : {})) onDone?.();
  }

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {asks ? (
        <div className={styles.fields}>
          <SecretField ref={field} label={t('settings.store.passphrase')} autoComplete="current-password" />
        </div>
      ) : null}
      {unlock.error ? <ErrorNotice error={unlock.error} /> : null}
      <div>
        <EngineButton type="submit" variant="filled" loading={unlock.pending}>
          {t('settings.store.unlock')}
        </EngineButton>
      </div>
    </form>
  );
}
