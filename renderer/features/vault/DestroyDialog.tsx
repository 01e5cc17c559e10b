import type { Custody } from '../../../shared/vault.ts';
import { DangerDialog, type Fact } from '../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useAction } from '../../rpc/hooks.ts';

interface DestroyDialogProps {
  stackId: string;
  stackName: string;
  custody: Custody;
  rootToken: Output<'vault.status'>['rootToken'];
  onClose(): void;
}

/** What is left when Sealdeck's own copy of the shares is gone. The stack's name must be typed. */
export function DestroyDialog({ stackId, stackName, custody, rootToken, onClose }: DestroyDialogProps) {
  const { t } = useWords();
  const destroy = useAction('vault.destroyShares');
  const { shares, threshold, custodians } = custody;
  const count = custodians.filter(({ confirmedAt }) => confirmedAt !== undefined).length;
  const facts: Fact[] = [
    { label: t('vault.destroy.files'), value: t('vault.destroy.filesValue', { count, shares }) },
    { label: t('vault.destroy.needed'), value: t('vault.destroy.neededValue', { threshold, shares }) },
    { label: t('vault.destroy.lost', { count: shares - threshold + 1 }), value: t('vault.destroy.lostValue'), loud: true },
    { label: t('vault.destroy.express'), value: t('vault.destroy.expressValue') },
    { label: t('vault.destroy.root'), value: t(`vault.destroy.rootIs.${rootToken}`) },
    { label: t('vault.destroy.backups'), value: t('vault.destroy.backupsValue') },
  ];
  return (
    <DangerDialog
      opened
      title={t('vault.destroy.title')}
      warning={t('vault.destroy.warning')}
      explanation={t('vault.destroy.text')}
      facts={facts}
      name={stackName}
      keep={t('vault.destroy.keep')}
      doIt={t('vault.destroy.doIt')}
      pending={destroy.pending}
      error={destroy.error ? <ErrorNotice error={destroy.error} /> : null}
      onClose={onClose}
      onConfirm={() => void destroy.run({ stackId }).then((done) => done && onClose())}
    />
  );
}
