import type { PendingRequest } from '../../../../shared/certificateFiles.ts';
import { DangerDialog } from '../../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatFull } from '../../../components/format.ts';
import { useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';

/** A request is dropped with its key. */
export function DropRequest({ stackId, request, onClose }: { stackId: string; request: PendingRequest; onClose(): void }) {
  const { t, language } = useWords();
  const drop = useAction('certificates.dropRequest');
  const { id, name, hosts, createdAt } = request;
  return (
    <DangerDialog
      opened
      title={t('certificateFiles.requests.dropTitle', { name })}
      warning={t('certificateFiles.apiKeys.dropWarning')}
      explanation={t('certificateFiles.requests.dropText')}
      facts={[
        { label: t('certificateFiles.requests.column.names'), value: hosts.join(', ') || '–' },
        { label: t('certificateFiles.requests.column.made'), value: formatFull(createdAt, language) },
      ]}
      keep={t('certificateFiles.requests.dropKeep')}
      doIt={t('certificateFiles.requests.dropDo')}
      pending={drop.pending}
      error={drop.error ? <ErrorNotice error={drop.error} /> : undefined}
      onClose={onClose}
      onConfirm={() => void drop.run({ stackId, id }).then((done) => done && onClose())}
    />
  );
}
