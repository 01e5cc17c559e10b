import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { ComponentPropsWithRef, MouseEvent } from 'react';
import { useWords } from '../../locales/language.ts';
import { useLostAt } from '../../rpc/hooks.ts';

export type EngineButtonProps = ButtonProps &
  Omit<ComponentPropsWithRef<'button'>, keyof ButtonProps> & {
    /** Why it is off for now, beside what it needs itself. */
    off?: string | undefined;
  };

const keep = (event: MouseEvent): void => event.preventDefault();

/** A button whose work the engine does: off while the engine is out of reach, with the reason at hand for mouse and keyboard. */
export function EngineButton({ off, ...props }: EngineButtonProps) {
  const { t } = useWords();
  const lost = useLostAt() !== undefined;
  const reason = lost ? t('components.lost.reason') : off;
  // Not the browser's own "disabled": that would take the focus away, and with it the reason from the keyboard.
  const still = { 'data-disabled': true, 'aria-disabled': true, 'aria-description': reason, type: 'button', onClick: keep } as const;
  return (
    <Tooltip label={reason ?? ''} disabled={reason === undefined} events={{ hover: true, focus: true, touch: true }}>
      {reason === undefined ? <Button {...props} /> : <Button {...props} {...still} loading={false} disabled={false} />}
    </Tooltip>
  );
}
