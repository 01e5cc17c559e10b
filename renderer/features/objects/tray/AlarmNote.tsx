import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { ObjectState } from '../../../../shared/objects.ts';
import type { Language } from '../../../../shared/text.ts';
import type { Upload } from '../../../../shared/uploads.ts';
import { DangerDialog } from '../../../components/DangerDialog.tsx';
import pane from '../../../components/drawerPane.module.css';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatBytes, formatNumber, shorten } from '../../../components/format.ts';
import { ObjectStateBadge } from '../../../components/ObjectStateBadge.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';
import { encryptAddress, ruleAddress } from '../place.ts';
import { restOf } from './totals.ts';
import styles from './tray.module.css';

type Alarm = NonNullable<Upload['alarm']>;

/** One object landed otherwise than meant: what, against what, why, and the ways out. It stays until the object is sent again or the tray is closed. */
export function AlarmNote({ upload, alarm: { item, meant, found, why } }: { upload: Upload; alarm: Alarm }) {
  const { t, language } = useWords();
  const { sentence } = useSentence();
  const [removing, setRemoving] = useState(false);
  const [removed, setRemoved] = useState(false);
  const rest = restOf(upload);
  // Several are under way at once, and may land before the first is read back.
  const landedSo = upload.counts.alarm ?? 1;
  const { bucket, prefix } = upload;
  const words = [
    sentence(why),
    ...(landedSo > 1 ? [t('objects.tray.alarm.more', { number: formatNumber(landedSo, language) })] : []),
    ...(rest > 0 && upload.phase === 'alarm' ? [t('objects.tray.alarm.wait', { count: rest, number: formatNumber(rest, language) })] : []),
  ];
  const inPlace =
    landedSo > 1 ? `#/in-place/new?${new URLSearchParams({ bucket, prefix })}` : (encryptAddress(bucket, [item]) ?? '#/in-place');
  const name = shorten(item.path, 40);
  const differs = found !== undefined && (found.state !== meant?.state || found.key !== meant.key);
  return (
    <div className={styles.alarm} role="alert">
      <StateIcon mark="fail" size={16} silent />
      <div className={styles.alarmWords}>
        <p className={styles.noteTitle}>
          {differs
            ? t('objects.tray.alarm.landed', { name, state: inSentence(t(`components.state.${found.state}`), language) })
            : t('objects.tray.alarm.unread', { name })}
        </p>
        <dl>
          <dt>{t('objects.tray.alarm.meant')}</dt>
          <dd>{meant ? <Shown state={meant} /> : t(`objects.tray.kind.${upload.choice.kind}`)}</dd>
          <dt>{t('objects.tray.alarm.found')}</dt>
          <dd>{found ? <Shown state={found} /> : t('objects.tray.alarm.nothing')}</dd>
        </dl>
        <p className={styles.why}>{words.join(language === 'en' ? ' ' : '')}</p>
        <div className={`${pane.buttons} ${styles.alarmWays}`}>
          {/* Not the router's link: that one moves the query out of the fragment. */}
          {removed && landedSo === 1 ? null : (
            <Button size="xs" component="a" variant="filled" href={inPlace}>
              {t('objects.tray.alarm.encrypt')}
            </Button>
          )}
          <Button size="xs" component={Link} href={ruleAddress(bucket)}>
            {t('objects.tray.alarm.rule')}
          </Button>
          {removed ? (
            <span className={styles.quiet}>{t('objects.tray.alarm.removed')}</span>
          ) : (
            <ChangeButton size="xs" onClick={() => setRemoving(true)}>
              {t('objects.tray.alarm.remove')}
            </ChangeButton>
          )}
        </div>
      </div>
      {removing ? (
        <RemoveDialog
          upload={upload}
          item={item}
          size={formatBytes(item.size, language)}
          onClose={() => setRemoving(false)}
          onRemoved={() => setRemoved(true)}
        />
      ) : null}
    </div>
  );
}

/** "Plaintext" is a name in a list and a word in a sentence; "SSE-KMS" is a name everywhere, in Chinese with a space on each side. */
function inSentence(word: string, language: Language): string {
  if (!word.startsWith('SSE')) return word.toLowerCase();
  return language === 'en' ? word : ` ${word} `;
}

function Shown({ state: { state, key, reason } }: { state: ObjectState }) {
  const { sentence } = useSentence();
  return (
    <>
      <ObjectStateBadge state={state} />
      {key === undefined ? null : <span className="sd-mono">{shorten(key, 28)}</span>}
      {reason ? <span className={styles.reason}>{sentence(reason)}</span> : null}
    </>
  );
}

interface RemoveDialogProps {
  upload: Upload;
  item: Alarm['item'];
  size: string;
  onClose(): void;
  onRemoved(): void;
}

function RemoveDialog({ upload: { stackId, bucket }, item, size, onClose, onRemoved }: RemoveDialogProps) {
  const { t } = useWords();
  const remove = useAction('objects.remove');

  async function confirm(): Promise<void> {
    const { key, versionId } = item;
    if (!(await remove.run({ stackId, bucket, key, ...(versionId === undefined ? {} : { versionId }) }))) return;
    onRemoved();
    onClose();
  }

  return (
    <DangerDialog
      opened
      title={t('objects.tray.removing.title')}
      warning={t('objects.tray.removing.warning')}
      explanation={t('objects.tray.removing.explanation')}
      facts={[
        { label: t('objects.tray.removing.object'), value: <span className="sd-mono">{`${bucket}/${item.key}`}</span> },
        { label: t('objects.tray.removing.version'), value: item.versionId ?? t('objects.tray.removing.noVersion') },
        { label: t('objects.tray.removing.size'), value: size },
      ]}
      keep={t('objects.tray.removing.keep')}
      doIt={t('objects.tray.removing.doIt')}
      pending={remove.pending}
      error={remove.error ? <ErrorNotice error={remove.error} /> : null}
      onClose={onClose}
      onConfirm={() => void confirm()}
    />
  );
}
