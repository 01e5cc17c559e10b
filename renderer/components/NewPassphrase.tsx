import { type Ref, useImperativeHandle, useRef, useState } from 'react';
import { useWords } from '../locales/language.ts';
import { SecretField, type SecretFieldHandle } from './SecretField.tsx';

export interface NewPassphraseHandle {
  /** The passphrase, once; undefined when it is too short or typed differently, which then stands at its field. */
  take(): string | undefined;
}

interface NewPassphraseProps {
  ref: Ref<NewPassphraseHandle>;
  className: string | undefined;
  /** Least number of characters. */
  shortest?: number;
  /** What it opens, and what makes it good. */
  why?: string;
}

/** A new passphrase, typed twice. Both fields are empty after `take`, whatever it gave. */
export function NewPassphrase({ ref, className, shortest = 8, why }: NewPassphraseProps) {
  const { t } = useWords();
  const [problem, setProblem] = useState<'short' | 'differs' | undefined>(undefined);
  const first = useRef<SecretFieldHandle>(null);
  const second = useRef<SecretFieldHandle>(null);

  useImperativeHandle(ref, () => ({
    take() {
      const passphrase = first.current?.take() ?? '';
      const again = second.current?.take() ?? '';
      const wrong = [...passphrase].length < shortest ? 'short' : passphrase === again ? undefined : 'differs';
      setProblem(wrong);
      if (wrong === undefined) return passphrase;
      first.current?.focus();
      return undefined;
    },
  }));

  return (
    <div className={className}>
      <SecretField
        ref={first}
        label={t('settings.store.passphrase')}
        description={why ?? t('settings.store.passphraseWhy')}
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
  );
}
