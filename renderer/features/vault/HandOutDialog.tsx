import { Modal } from '@mantine/core';
import { useState } from 'react';
import type { Custody } from '../../../shared/vault.ts';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { ConfirmFile } from './ConfirmFile.tsx';
import { MakeFile } from './MakeFile.tsx';

type Seat = Custody['custodians'][number];
/** What the dialog is open for: a file for a new or a known custodian, or confirming one that was made. */
export type HandOutWork = { kind: 'make'; custodian?: Seat } | { kind: 'confirm'; custodian: Seat };
export type MadeFile = Output<'vault.handOut'>;

interface HandOutDialogProps {
  stackId: string;
  custody: Custody;
  work: HandOutWork;
  onWork(work: HandOutWork): void;
  onClose(): void;
}

/** One custodian at this screen: their file is made, saved, read back, and opened once. Then the next. */
export function HandOutDialog({ stackId, custody, work, onWork, onClose }: HandOutDialogProps) {
  const { t } = useWords();
  const [made, setMade] = useState<MadeFile | undefined>(undefined);
  const id = made?.custodian ?? work.custodian?.id;
  const seat = custody.custodians.find((each) => each.id === id);
  // A new custodian's file may be made before the page knows of them: until then the form waits.
  const toConfirm = work.kind === 'confirm' || made !== undefined ? seat : undefined;
  const name = seat?.name ?? '';
  const title = toConfirm
    ? t('vault.handOut.titleConfirm', { name })
    : seat === undefined
      ? t('vault.handOut.title')
      : t('vault.handOut.titleTo', { name });
  const next = custody.custodians.find((each) => each.id !== id && each.file === undefined);

  return (
    // A click beside it must not lose what a custodian has typed.
    <Modal.Root opened onClose={onClose} closeOnClickOutside={false} returnFocus>
      <Modal.Overlay />
      <Modal.Content aria-label={title}>
        <Modal.Body>
          {toConfirm ? (
            <ConfirmFile
              key={`confirm ${toConfirm.id}`}
              stackId={stackId}
              title={title}
              seat={toConfirm}
              shares={custody.shares}
              made={made}
              next={next}
              onNext={(custodian) => {
                setMade(undefined);
                onWork({ kind: 'make', custodian });
              }}
              onClose={onClose}
            />
          ) : (
            <MakeFile
              key={`make ${work.custodian?.id ?? ''}`}
              stackId={stackId}
              title={title}
              seat={seat}
              waiting={made !== undefined}
              onMade={setMade}
              onClose={onClose}
            />
          )}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
