import { Button } from '@mantine/core';
import { IconDownload, IconLock, IconShieldCheck, IconTerminal2 } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import type { ObjectCard, ObjectRow } from '../../../../shared/objects.ts';
import { useAgo } from '../../../components/Age.tsx';
import pane from '../../../components/drawerPane.module.css';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { encryptAddress } from '../place.ts';
import { useDownload } from '../useDownload.ts';
import { type Judged, proofOf, whyNotProven } from './cardState.ts';
import { RefusedButton } from './RefusedButton.tsx';

interface CardFootProps {
  stackId: string;
  bucket: string;
  card: ObjectCard;
  judged: Judged;
  onDownload: ((row: ObjectRow) => void) | undefined;
  quiet: boolean;
  commands: boolean;
  onCommands(): void;
}

/** What can be done with one object. Encrypting is the next step only of what lies in plaintext. */
export function CardFoot({ stackId, bucket, card, judged, onDownload, quiet, commands, onCommands }: CardFootProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const download = useDownload(stackId, bucket);
  const { row } = card;
  const { state } = row.encryption;
  const current = row.deleteMarker !== true && row.latest !== false;
  const encrypt = current ? encryptAddress(bucket, [row]) : undefined;
  const icon = { size: 16, stroke: 1.5, 'aria-hidden': true } as const;
  const { why } = card.opens;
  const shut = judged.state === 'unreadable' ? t('objects.card.shut') : why?.code === 'cardNoKeyOfOurs' ? sentence(why) : undefined;
  const encryptWord = t(state === 'plaintext' ? 'objects.card.encrypt' : 'objects.card.reencrypt');
  return (
    <footer className={pane.foot}>
      {download.error ? <ErrorNotice error={download.error} /> : null}
      <div className={pane.buttons}>
        {encrypt === undefined ? null : shut !== undefined ? (
          <RefusedButton icon={<IconLock {...icon} />} reason={shut}>
            {encryptWord}
          </RefusedButton>
        ) : (
          <Button
            component="a"
            href={encrypt}
            variant={state === 'plaintext' && !quiet ? 'filled' : 'default'}
            leftSection={<IconLock {...icon} />}
          >
            {encryptWord}
          </Button>
        )}
        {row.deleteMarker ? null : (
          <>
            {shut === undefined ? (
              <EngineButton
                leftSection={<IconDownload {...icon} />}
                onClick={() => (onDownload ? onDownload(row) : void download.start([row]))}
              >
                {t('objects.card.download')}
              </EngineButton>
            ) : (
              <RefusedButton icon={<IconDownload {...icon} />} reason={shut}>
                {t('objects.card.download')}
              </RefusedButton>
            )}
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
    return (
      <RefusedButton icon={icon} reason={t(`objects.card.proveNot.${not}`)}>
        {t('objects.card.prove')}
      </RefusedButton>
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
