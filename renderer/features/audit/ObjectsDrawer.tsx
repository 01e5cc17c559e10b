import { Button } from '@mantine/core';
import { IconRefresh, IconTerminal2 } from '@tabler/icons-react';
import { useState } from 'react';
import type { AuditRow } from '../../../shared/audit.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { useDebounced } from '../../wizard/useDebounced.ts';
import { AuditCard } from './AuditCard.tsx';
import { AuditDrawer } from './AuditDrawer.tsx';
import type { RunTabProps } from './RunPage.tsx';

/** Who moves through rows with the arrows asks the server only about the one where they stay. */
const restMs = 350;

interface ObjectsDrawerProps extends RunTabProps {
  /** Undefined while its page is not there yet. */
  row: AuditRow | undefined;
  open: boolean;
  onClose(): void;
}

/** The place at the right: the object with the cursor as a card, and how it is now. */
export function ObjectsDrawer({ audit, detail, row, open, onClose }: ObjectsDrawerProps) {
  const { t } = useWords();
  const [commands, setCommands] = useState(false);
  const rested = useDebounced(row?.row, restMs);
  const input = { stackId: audit.stackId, id: audit.id, row: rested ?? 0 };
  const wanted = open && row !== undefined && rested === row.row;
  const again = useCall('audit.row', input, { enabled: wanted });
  const look = useCall('audit.look', input, { enabled: wanted });
  if (!open) return <AuditDrawer audit={audit} />;
  const newest = wanted && again.data ? again.data : row;
  // Of a sample nothing can be asked.
  const foot = (
    <>
      <Button
        leftSection={<IconTerminal2 size={16} stroke={1.5} aria-hidden />}
        aria-pressed={commands}
        disabled={!wanted || look.data === undefined}
        onClick={() => setCommands(!commands)}
      >
        {t('audit.card.commands')}
      </Button>
      <EngineButton
        variant="subtle"
        leftSection={<IconRefresh size={16} stroke={1.5} aria-hidden />}
        loading={look.isFetching}
        onClick={() => void look.refetch()}
      >
        {t('audit.card.again')}
      </EngineButton>
    </>
  );
  return (
    <DrawerContent autoOpen="always" onLeave={onClose} {...(audit.sample ? {} : { foot })}>
      {newest ? (
        <AuditCard
          audit={audit}
          detail={detail}
          row={newest}
          look={wanted ? look.data : undefined}
          lookError={wanted && look.error ? look.error : undefined}
          commands={commands}
          onClose={onClose}
        />
      ) : null}
    </DrawerContent>
  );
}
