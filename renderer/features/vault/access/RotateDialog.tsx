import type { RoleDetail } from '../../../../shared/vaultAccess.ts';
import { DangerDialog } from '../../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';

interface RotateProps {
  stackId: string;
  detail: RoleDetail;
  onClose(): void;
  onStarted(jobId: string): void;
}

/** KES is restarted for it: what that means, and that the old one is destroyed last. */
export function RotateDialog({ stackId, detail, onClose, onStarted }: RotateProps) {
  const { t } = useWords();
  const rotate = useAction('vault.rotateSecretId');

  async function confirm(): Promise<void> {
    const started = await rotate.run({ stackId, ...(detail.cluster === undefined ? {} : { cluster: detail.cluster }) });
    if (started) onStarted(started.jobId);
  }

  return (
    <DangerDialog
      opened
      title={t('vaultAccess.rotate.title')}
      explanation={t('vaultAccess.rotate.text')}
      facts={[
        { label: t('vaultAccess.rotate.first'), value: t('vaultAccess.rotate.firstValue', { role: detail.role }) },
        { label: t('vaultAccess.rotate.next'), value: t('vaultAccess.rotate.nextValue') },
        { label: t('vaultAccess.rotate.minio'), value: t('vaultAccess.rotate.minioValue'), loud: true },
        { label: t('vaultAccess.rotate.last'), value: t('vaultAccess.rotate.lastValue') },
        { label: t('vaultAccess.rotate.fails'), value: t('vaultAccess.rotate.failsValue') },
      ]}
      keep={t('vaultAccess.rotate.keep')}
      doIt={t('vaultAccess.rotate.doIt')}
      pending={rotate.pending}
      error={rotate.error ? <ErrorNotice error={rotate.error} /> : null}
      onClose={onClose}
      onConfirm={() => void confirm()}
    />
  );
}
