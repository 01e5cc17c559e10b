import type { Upload } from '../../../../shared/uploads.ts';
import { DangerDialog } from '../../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatNumber } from '../../../components/format.ts';
import { useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';

/** What stays and what goes, before an upload is given up. */
export function CancelDialog({ upload, onClose }: { upload: Upload; onClose(): void }) {
  const { t, language } = useWords();
  const cancel = useAction('uploads.cancel');
  const { stackId, id, counts } = upload;
  const number = (...states: (keyof typeof counts)[]): string =>
    formatNumber(
      states.reduce((sum, state) => sum + (counts[state] ?? 0), 0),
      language,
    );

  async function confirm(): Promise<void> {
    if (await cancel.run({ stackId, id })) onClose();
  }

  return (
    <DangerDialog
      opened
      title={t('objects.tray.cancelling.title')}
      explanation={t('objects.tray.cancelling.explanation')}
      facts={[
        { label: t('objects.tray.cancelling.landed'), value: number('done', 'alarm', 'checking') },
        { label: t('objects.tray.cancelling.begun'), value: number('sending') },
        { label: t('objects.tray.cancelling.waiting'), value: number('waits', 'failed') },
      ]}
      keep={t('objects.tray.cancelling.keep')}
      doIt={t('objects.tray.cancelling.doIt')}
      pending={cancel.pending}
      error={cancel.error ? <ErrorNotice error={cancel.error} /> : null}
      onClose={onClose}
      onConfirm={() => void confirm()}
    />
  );
}
