import { Button, Tooltip } from '@mantine/core';
import { IconDownload, IconLock, IconShieldCheck, IconTerminal2 } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import type { ObjectCard } from '../../../../shared/objects.ts';
import { useAgo } from '../../../components/Age.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { encryptAddress } from '../place.ts';
import { useDownload } from '../useDownload.ts';
import styles from './card.module.css';
import { proofOf, whyNotProven } from './cardState.ts';

interface CardFootProps {
  stackId: string;
  bucket: string;
  card: ObjectCard;
  /** How the page downloads; absent: as a browser does. */
  onDownload: (() => void) | undefined;
  commands: boolean;
  onCommands(): void;
}

/** What can be done with one object. Encrypting is the next step only of what lies in plaintext. */
export function CardFoot({ stackId, bucket, card, onDownload, commands, onCommands }: CardFootProps) {
  const { t } = useWords();
  const download = useDownload(stackId, bucket);
  const { row } = card;
  const { state } = row.encryption;
  const current = row.deleteMarker !== true && row.latest !== false;
  const encrypt = current ? encryptAddress(bucket, [row]) : undefined;
  const icon = { size: 16, stroke: 1.5, 'aria-hidden': true } as const;
  return (
    <footer className={styles.foot}>
      {download.error ? <ErrorNotice error={download.error} /> : null}
      <div className={styles.buttons}>
        {encrypt === undefined ? null : (
          <Button
            component="a"
            href={`#${encrypt}`}
            variant={state === 'plaintext' ? 'filled' : 'default'}
            leftSection={<IconLock {...icon} />}
          >
            {t(state === 'plaintext' ? 'objects.card.encrypt' : 'objects.card.reencrypt')}
          </Button>
        )}
        {row.deleteMarker ? null : (
          <>
            <Button leftSection={<IconDownload {...icon} />} onClick={onDownload ?? (() => void download.start([row]))}>
              {t('objects.card.download')}
            </Button>
            <Prove stackId={stackId} bucket={bucket} card={card} />
          </>
        )}
        <Button leftSection={<IconTerminal2 {...icon} />} aria-pressed={commands} onClick={onCommands}>
          {t('objects.card.commands')}
        </Button>
      </div>
    </footer>
  );
}

/** Starts a proof of the bucket's rule, or leads to the one that there is for this key. */
function Prove({ stackId, bucket, card }: { stackId: string; bucket: string; card: ObjectCard }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const run = useAction('proof.run');
  const proofs = useCall('proof.list', { stackId }).data?.proofs ?? [];
  const { row, rule, defaultKey } = card;
  const known = proofOf(proofs, bucket, row.encryption.key ?? defaultKey);
  const ago = useAgo(known?.endedAt ?? known?.startedAt);
  const not = whyNotProven(rule.value, row.encryption);
  const icon = <IconShieldCheck size={16} stroke={1.5} aria-hidden />;
  if (not !== undefined) {
    const reason = t(`objects.card.proveNot.${not}`);
    return (
      <Tooltip label={reason} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
        <Button leftSection={icon} data-disabled aria-disabled aria-description={reason} onClick={(event) => event.preventDefault()}>
          {t('objects.card.prove')}
        </Button>
      </Tooltip>
    );
  }
  return (
    <>
      {run.error ? <ErrorNotice error={run.error} /> : null}
      {known ? (
        <Button component="a" href={`#/proof/${known.id}`} leftSection={icon}>
          {t('objects.card.proven', { ago })}
        </Button>
      ) : (
        <ChangeButton
          leftSection={icon}
          title={t('objects.card.proveWhy')}
          loading={run.pending}
          onClick={() => void run.run({ stackId, bucket, level: 'rule' }).then((started) => started && go('/proof'))}
        >
          {t('objects.card.prove')}
        </ChangeButton>
      )}
    </>
  );
}
