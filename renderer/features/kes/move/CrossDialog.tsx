import type { MovePlan, MoveStanding } from '../../../../shared/kesMove.ts';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DangerDialog } from '../../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';

interface CrossDialogProps {
  stack: StackSummary;
  plan: MovePlan;
  standing: MoveStanding;
  onClose(): void;
  onCrossed(jobId: string): void;
}

/** What was proven, and what cannot be undone from here on; then the stack’s name. */
export function CrossDialog({ stack, plan, standing, onClose, onCrossed }: CrossDialogProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const cross = useAction('kes.moveCross');
  const opened = standing.evidence.find(({ text }) => text.code === 'kesMoveOpened')?.text;
  const read = standing.evidence.filter(({ text }) => text.code === 'kesMoveObjectSame').length;
  const musts = plan.variables.filter(({ must }) => must).map(({ name }) => name);

  async function confirm(): Promise<void> {
    const answer = await cross.run({ stackId: stack.id, typed: stack.name });
    if (answer) onCrossed(answer.jobId);
  }

  return (
    <DangerDialog
      opened
      title={t('kesMove.cross.title')}
      warning={t('kesMove.cross.warning')}
      explanation={plan.line.map(sentence).join(' ')}
      facts={[
        { label: t('kesMove.cross.opened'), value: opened ? sentence(opened) : t('kesMove.cross.nothing'), loud: opened === undefined },
        { label: t('kesMove.cross.read'), value: t('kesMove.cross.readCount', { count: read }), loud: read === 0 },
        { label: t('kesMove.cross.after'), value: musts.length === 0 ? t('kesMove.cross.none') : musts.join(', ') },
      ]}
      name={stack.name}
      keep={t('kesMove.cross.keep')}
      doIt={t('kesMove.cross.doIt')}
      pending={cross.pending}
      error={cross.error ? <ErrorNotice error={cross.error} /> : null}
      onClose={onClose}
      onConfirm={() => void confirm()}
    />
  );
}
