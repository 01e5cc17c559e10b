import { Radio } from '@mantine/core';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { StoreMode, StoreStatus } from '../../shared/app.ts';
import { useWords } from '../locales/language.ts';
import { useAction } from '../rpc/hooks.ts';
import { ErrorNotice } from './ErrorNotice.tsx';
import { NewPassphrase, type NewPassphraseHandle } from './NewPassphrase.tsx';
import { StateIcon } from './StateIcon.tsx';
import { StoreModes } from './StoreModes.tsx';
import styles from './storeForms.module.css';

export interface StoreChoiceHandle {
  /** Makes the store as chosen. False: it was not made, and the reason stands at the choice. */
  make(): Promise<boolean>;
}

const modes = ['keychain', 'passphrase', 'practice'] as const satisfies readonly StoreMode[];

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
  const typed = useRef<NewPassphraseHandle>(null);
  useEffect(() => onMode(mode), [mode, onMode]);
  const group = useRef<HTMLDivElement>(null);

  useImperativeHandle(ref, () => ({
    async make() {
      const passphrase = mode === 'passphrase' ? typed.current?.take() : undefined;
      if (mode === 'passphrase' && passphrase === undefined) return false;
      const made = (await create.run({ mode, ...(passphrase === undefined ? {} : { passphrase }) })) !== undefined;
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
        <StoreModes modes={modes} keychain={keychain} className={styles.choice} />
      </Radio.Group>
      {mode === 'passphrase' ? <NewPassphrase ref={typed} className={styles.stacked} /> : null}
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
