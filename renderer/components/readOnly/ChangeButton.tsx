import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { ComponentPropsWithoutRef } from 'react';
import { useWords } from '../../locales/language.ts';
import { useCurrentStack } from '../currentStack.ts';

/** Whether the window's stack refuses changes on its servers. The engine holds it; the window says so before. */
export function useReadOnly(): boolean {
  return useCurrentStack().stack?.readOnly ?? false;
}

type ChangeButtonProps = ButtonProps & Omit<ComponentPropsWithoutRef<'button'>, keyof ButtonProps>;

/** A button that changes something on a server: off while the stack is read-only, with the reason at hand for mouse and keyboard. */
export function ChangeButton({ onClick, type, ...props }: ChangeButtonProps) {
  const { t } = useWords();
  const off = useReadOnly();
  if (!off) return <Button type={type ?? 'button'} {...(onClick ? { onClick } : {})} {...props} />;
  return (
    <Tooltip label={t('components.readOnly.reason')} events={{ hover: true, focus: true, touch: true }}>
      <Button
        {...props}
        type="button"
        data-disabled
        aria-disabled
        aria-description={t('components.readOnly.reason')}
        onClick={(event) => event.preventDefault()}
      />
    </Tooltip>
  );
}
