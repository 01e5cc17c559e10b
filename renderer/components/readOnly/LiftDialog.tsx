import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import { DangerDialog } from '../DangerDialog.tsx';
import { ErrorNotice } from '../ErrorNotice.tsx';

interface LiftDialogProps {
  stack: { readonly id: string; readonly name: string };
  onClose(): void;
  onLifted?(): void;
}

/** What becomes possible on servers that others run too, before it does. Nothing changes by lifting alone. */
export function LiftDialog({ stack, onClose, onLifted }: LiftDialogProps) {
  const { t } = useWords();
  const lift = useAction('stacks.readOnly');

  async function confirm(): Promise<void> {
    if (!(await lift.run({ id: stack.id, readOnly: false }))) return;
    onLifted?.();
    onClose();
  }

  return (
    <DangerDialog
      opened
      title={t('components.readOnly.title', { name: stack.name })}
      explanation={t('components.readOnly.explanation')}
      facts={[
        { label: 'Vault', value: t('components.readOnly.vault') },
        { label: 'KES', value: t('components.readOnly.kes') },
        { label: 'MinIO', value: t('components.readOnly.minio') },
        { label: t('components.readOnly.back'), value: t('components.readOnly.backValue') },
      ]}
      keep={t('components.readOnly.keep')}
      doIt={t('components.readOnly.lift')}
      pending={lift.pending}
      error={lift.error ? <ErrorNotice error={lift.error} /> : null}
      onClose={onClose}
      onConfirm={() => void confirm()}
    />
  );
}
