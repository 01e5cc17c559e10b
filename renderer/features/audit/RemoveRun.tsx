import type { Audit } from '../../../shared/audit.ts';
import { DangerDialog } from '../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatClock, formatDay, formatNumber } from '../../components/format.ts';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import { sum } from './map/values.ts';
import { scopeWords } from './scope.ts';

/** What goes when the results of a run are removed, before they are. */
export function RemoveRun({ audit, onClose }: { audit: Audit; onClose(): void }) {
  const { t, language } = useWords();
  const remove = useAction('audit.remove');
  const when = `${formatDay(audit.startedAt, language)} ${formatClock(audit.startedAt, language)}`;
  const [plain = 0, lost = 0] = audit.current.objects;
  const n = (value: number): string => formatNumber(value, language);

  async function confirm(): Promise<void> {
    if (await remove.run({ stackId: audit.stackId, id: audit.id })) onClose();
  }

  return (
    <DangerDialog
      opened
      title={t('audit.runs.removeTitle', { when })}
      warning={t('audit.runs.removeWarning')}
      explanation={t('audit.runs.removeText')}
      facts={[
        { label: t('audit.runs.column.scope'), value: scopeWords(audit.scope, t) },
        { label: t('audit.runs.column.objects'), value: n(sum(audit.current.objects)) },
        { label: t('audit.runs.column.plain'), value: n(plain), loud: plain > 0 },
        { label: t('audit.runs.column.lost'), value: n(lost), loud: lost > 0 },
        { label: t('audit.runs.report'), value: t('audit.runs.reportValue') },
      ]}
      keep={t('audit.runs.keep')}
      doIt={t('audit.runs.doRemove')}
      pending={remove.pending}
      error={remove.error ? <ErrorNotice error={remove.error} /> : null}
      onClose={onClose}
      onConfirm={() => void confirm()}
    />
  );
}
