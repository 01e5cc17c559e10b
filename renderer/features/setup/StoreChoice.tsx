import { Radio } from '@mantine/core';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { StoreMode, StoreStatus } from '../../../shared/app.ts';
import { SecretField, type SecretFieldHandle } from '../../components/SecretField.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { ErrorNotice } from '../../errors/ErrorNotice.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './setup.module.css';

export interface StoreChoiceHandle {
  /** Makes the store as chosen. False: it was not made, and the reason stands at the choice. */
  make(): Promise<boolean>;
}

const modes = ['keychain', 'passphrase', 'practice'] as const satisfies readonly StoreMode[];
const shortest = 8;

/** Where secrets are kept. The default works without typing; a mode that is not to be had keeps its reason. */
export function StoreChoice({
  keychain,
  onMode,
  ref,
}: {
  keychain: StoreStatus['keychain'];
  onMode(mode: StoreMode): void;
  ref: Ref<StoreChoiceHandle>;
}) {
  const { t } = useWords();
  const create = useAction('store.create');
  const [mode, setMode] = useState<(typeof modes)[number]>(keychain.available ? 'keychain' : 'practice');
  const [problem, setProblem] = useState<'short' | 'differs' | undefined>(undefined);
  const first = useRef<SecretFieldHandle>(null);
  const second = useRef<SecretFieldHandle>(null);
  useEffect(() => onMode(mode), [mode, onMode]);
  const group = useRef<HTMLDivElement>(null);

  useImperativeHandle(ref, () => ({
    async make() {
      setProblem(undefined);
      let input: { mode: StoreMode; passphrase?: string } = { mode };
      if (mode === 'passphrase') {
        const passphrase = first.current?.take() ?? '';
        const again = second.current?.take() ?? '';
        const wrong = passphrase.length < shortest ? 'short' : passphrase === again ? undefined : 'differs';
        if (wrong) {
          setProblem(wrong);
          first.current?.focus();
          return false;
        }
        input = { mode, passphrase };
      }
      const made = (await create.run(input)) !== undefined;
      if (!made) group.current?.scrollIntoView({ block: 'center' });
      return made;
    },
  }));

  return (
    <div ref={group}>
      <Radio.Group
        label={t('setup.store.title')}
        value={mode}
        onChange={(next) => setMode(next as typeof mode)}
        className={styles.choices ?? ''}
      >
        {modes.map((each) => {
          const off = each === 'keychain' && !keychain.available;
          return (
            <Radio
              key={each}
              value={each}
              disabled={off}
              className={styles.choice ?? ''}
              label={t(`settings.store.mode.${each}.name`)}
              description={off ? t('settings.store.noKeychain', { reason: keychain.reason ?? '-' }) : t(`settings.store.mode.${each}.text`)}
            />
          );
        })}
      </Radio.Group>
      {mode === 'passphrase' ? (
        <div className={styles.stacked}>
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
      {create.error ? (
        <>
          <ErrorNotice error={create.error} />
          {mode === 'keychain' ? (
            <p className="sd-note" data-mark="warn">
              <StateIcon mark="warn" silent />
              {t('setup.store.others')}
            </p>
          ) : null}
        </>
      ) : null}
    </div>
  );
}
