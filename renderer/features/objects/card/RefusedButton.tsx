import { Button, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

/** A choice that is not there for this object: visible and off, with the reason at hand for mouse and keyboard. */
export function RefusedButton({ icon, reason, children }: { icon: ReactNode; reason: string; children: ReactNode }) {
  return (
    <Tooltip label={reason} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
      <Button leftSection={icon} data-disabled aria-disabled aria-description={reason} onClick={(event) => event.preventDefault()}>
        {children}
      </Button>
    </Tooltip>
  );
}
