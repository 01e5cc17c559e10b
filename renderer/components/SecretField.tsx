import { PasswordInput } from '@mantine/core';
import { type Ref, useCallback, useImperativeHandle, useRef, useState } from 'react';
import { useWords } from '../locales/language.ts';

export interface SecretFieldHandle {
  /** The typed secret, once: the field is empty afterwards. */
  take(): string;
  focus(): void;
}

interface SecretFieldProps {
  label: string;
  /** Why it is asked for. */
  description?: string;
  error?: string | undefined;
  onFilled?(filled: boolean): void;
  onEnter?(): void;
  ref?: Ref<SecretFieldHandle>;
  autoComplete?: 'off' | 'new-password' | 'current-password';
}

/**
 * A typed secret on its way in. It lives in the input element alone, not in React state, is taken once and cleared with
 * that; nothing can fill it from outside.
 */
export function SecretField({ label, description, error, onFilled, onEnter, ref, autoComplete = 'off' }: SecretFieldProps) {
  const { t } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  const take = useCallback((): string => {
    const value = input.current?.value ?? '';
    if (input.current) input.current.value = '';
    setShown(false);
    onFilled?.(false);
    return value;
  }, [onFilled]);
  useImperativeHandle(ref, () => ({ take, focus: () => input.current?.focus() }), [take]);
  return (
    <PasswordInput
      ref={input}
      label={label}
      description={description}
      error={error}
      autoComplete={autoComplete}
      spellCheck={false}
      visible={shown}
      onVisibilityChange={setShown}
      visibilityToggleButtonProps={{ 'aria-label': shown ? t('components.hideSecret') : t('components.showSecret') }}
      onChange={(event) => onFilled?.(event.currentTarget.value !== '')}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onEnter?.();
      }}
    />
  );
}
