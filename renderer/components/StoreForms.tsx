import { Button, Radio } from '@mantine/core';
import { useRef, useState } from 'react';
import type { StoreMode, StoreStatus } from '../../shared/app.ts';
import { ErrorNotice } from '../errors/ErrorNotice.tsx';
import { useWords } from '../locales/language.ts';
import { useAction } from '../rpc/hooks.ts';
import { SecretField, type SecretFieldHandle } from './SecretField.tsx';
import styles from './storeForms.module.css';

const modes: readonly StoreMode[] = ['keychain', 'passphrase', 'practice', 'memory'];
const shortest = 8;

/** The first choice of Set up and Settings: how the credential store is kept. Each mode says what it protects against. */
export function StoreCreate({ keychain, onDone, filled = true }: { keychain: StoreStatus['keychain']; onDone?(): void; filled?: boolean }) {
  const { t } = useWords();
  const create = useAction('store.create');
  const [mode, setMode] = useState<StoreMode>(keychain.available ? 'keychain' : 'passphrase');
  const [problem, setProblem] = useState<'short' | 'differs' | undefined>(undefined);
  const first = useRef<SecretFieldHandle>(null);
  const second = useRef<SecretFieldHandle>(null);

  async function submit(): Promise<void> {
    setProblem(undefined);
    let input: { mode: StoreMode; passphrase?: string } = { mode };
    if (mode === 'passphrase') {
      const passphrase = first.current?.take() ?? '';
      const again = second.current?.take() ?? '';
      const wrong = passphrase.length < shortest ? 'short' : passphrase === again ? undefined : 'differs';
      if (wrong) {
        setProblem(wrong);
        first.current?.focus();
        return;
      }
      input = { mode, passphrase };
    }
    if (await create.run(input)) onDone?.();
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
        {modes.map((each) => {
          const off = each === 'keychain' && !keychain.available;
          return (
            <Radio
              key={each}
              value={each}
              className={styles.mode ?? ''}
              disabled={off}
              label={t(`settings.store.mode.${each}.name`)}
              description={off ? t('settings.store.noKeychain', { reason: keychain.reason ?? '-' }) : t(`settings.store.mode.${each}.text`)}
            />
          );
        })}
      </Radio.Group>
      {mode === 'passphrase' ? (
        <div className={styles.fields}>
          <SecretField
            ref={first}
            label={t('settings.store.passphrase')}
            description={t('settings.store.passphraseWhy')}
            error={problem === 'short' ? t('settings.store.short', { count: shortest }) : undefined}
            autoComplete="new-password"
          />
          <SecretField
            ref={second}
            label={t('settings.store.again')}
            error={problem === 'differs' ? t('settings.store.differs') : undefined}
            autoComplete="new-password"
          />
        </div>
      ) : null}
      {create.error ? <ErrorNotice error={create.error} /> : null}
      <div>
        <Button type="submit" variant={filled ? 'filled' : 'default'} loading={create.pending}>
          {t('settings.store.create')}
        </Button>
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
        <Button type="submit" variant="filled" loading={unlock.pending}>
          {t('settings.store.unlock')}
        </Button>
      </div>
    </form>
  );
}
