import { useState } from 'react';
import type { EncryptionChoice } from '../../../../shared/encryption.ts';
import type { Upload } from '../../../../shared/uploads.ts';
import pane from '../../../components/drawerPane.module.css';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { formatNumber } from '../../../components/format.ts';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';
import { CancelDialog } from './CancelDialog.tsx';
import { atHand, restOf, toSend } from './totals.ts';
import styles from './tray.module.css';

interface TrayFootProps {
  upload: Upload;
  /** The choice is open: what is chosen now counts. */
  choosing: boolean;
  /** What is chosen, when it is enough to send with. */
  choice: EncryptionChoice | undefined;
  onConflict: Upload['onConflict'];
  /** The engine did not let it go on as it was. */
  onRefused(): void;
  /** Files or conflicts are still being read. */
  busy: boolean;
}

/** What can be done with the upload as it stands. */
export function TrayFoot({ upload, choosing, choice, onConflict, onRefused, busy }: TrayFootProps) {
  const { t, language } = useWords();
  const { stackId, id, phase } = upload;
  const start = useAction('uploads.start');
  const pause = useAction('uploads.pause');
  const resume = useAction('uploads.resume');
  const forget = useAction('uploads.remove');
  const [cancelling, setCancelling] = useState(false);
  const number = (value: number): string => formatNumber(value, language);
  const error = start.error ?? pause.error ?? resume.error ?? forget.error;
  async function goOn(): Promise<void> {
    if (!(await resume.run({ stackId, id, ...(choosing && choice ? { choice } : {}) }))) onRefused();
  }
  const cancel = (
    <EngineButton variant="subtle" onClick={() => setCancelling(true)}>
      {t(phase === 'alarm' ? 'objects.tray.cancelRest' : 'objects.tray.cancel')}
    </EngineButton>
  );
  return (
    <footer className={`${pane.foot} ${styles.foot}`}>
      {error ? <ErrorNotice error={error} /> : null}
      <div className={pane.buttons}>{buttons()}</div>
      {cancelling ? <CancelDialog upload={upload} onClose={() => setCancelling(false)} /> : null}
    </footer>
  );

  function buttons() {
    if (phase === 'staged') {
      const count = toSend(upload, onConflict);
      return (
        <>
          <ChangeButton
            variant="filled"
            disabled={busy || choice === undefined || count === 0 || upload.needsFiles}
            loading={start.pending}
            onClick={() => choice && void start.run({ stackId, id, choice, onConflict })}
          >
            {count === 0 ? t('objects.tray.nothing') : t('objects.tray.start', { count, number: number(count) })}
          </ChangeButton>
          <EngineButton variant="subtle" onClick={() => void forget.run({ stackId, id })}>
            {t('objects.tray.notNow')}
          </EngineButton>
        </>
      );
    }
    if (phase === 'running') {
      return (
        <>
          <EngineButton loading={pause.pending} onClick={() => void pause.run({ stackId, id })}>
            {t('objects.tray.pause')}
          </EngineButton>
          {cancel}
        </>
      );
    }
    const rest = restOf(upload);
    if (phase === 'alarm') {
      return (
        <>
          {rest === 0 ? (
            <EngineButton onClick={() => void forget.run({ stackId, id })}>{t('objects.tray.close')}</EngineButton>
          ) : (
            <ChangeButton
              disabled={choice === undefined || atHand(upload) === 0}
              loading={resume.pending}
              onClick={() => choice && void resume.run({ stackId, id, choice })}
            >
              {choice
                ? t('objects.tray.goOnWith', { kind: t(`objects.tray.kind.${choice.kind}`) })
                : t('objects.tray.goOn', { count: rest, number: number(rest) })}
            </ChangeButton>
          )}
          {rest === 0 ? null : cancel}
        </>
      );
    }
    if (phase === 'paused') {
      const here = atHand(upload);
      const count = here === 0 ? rest : here;
      return (
        <>
          <ChangeButton
            variant={upload.needsFiles || upload.alarm ? 'default' : 'filled'}
            disabled={here === 0 || (choosing && choice === undefined)}
            loading={resume.pending}
            onClick={() => void goOn()}
          >
            {t('objects.tray.goOn', { count, number: number(count) })}
          </ChangeButton>
          {cancel}
        </>
      );
    }
    // What landed otherwise is sent once more, too.
    const failed = (upload.counts.failed ?? 0) + (upload.counts.alarm ?? 0);
    return (
      <>
        {failed === 0 ? null : (
          <ChangeButton loading={resume.pending} disabled={upload.needsFiles} onClick={() => void resume.run({ stackId, id, again: true })}>
            {t('objects.tray.again', { count: failed, number: number(failed) })}
          </ChangeButton>
        )}
        <EngineButton onClick={() => void forget.run({ stackId, id })}>{t('objects.tray.close')}</EngineButton>
      </>
    );
  }
}
