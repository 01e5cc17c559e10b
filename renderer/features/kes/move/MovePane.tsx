import { useState } from 'react';
import type { StackSummary } from '../../../components/currentStack.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { MoveView } from './MoveView.tsx';
import { OldFilesForm } from './OldFilesForm.tsx';

const everyMs = (last: { jobId?: string | undefined } | undefined): number => (last?.jobId === undefined ? 4_000 : 1_000);

/** The way from an old KES to today’s. */
export function MovePane({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const standing = useCall('kes.moveStanding', { stackId: stack.id }, { every: everyMs });
  const begin = useAction('kes.moveBegin');
  const [choosing, setChoosing] = useState(false);
  const { data } = standing;
  if (standing.error) return <ErrorNotice error={standing.error} />;
  if (data === undefined) return <PageHeader question={t('kesMove.question')} />;
  if (data.phase !== 'none' && !choosing) return <MoveView stack={stack} standing={data} onChoose={() => setChoosing(true)} />;
  return (
    <>
      <PageHeader question={t('kesMove.choose.question')} answer={{ mark: 'info', text: t('kesMove.choose.answer') }} />
      <OldFilesForm
        source={data.source}
        error={begin.error}
        pending={begin.pending}
        doIt={t('kesMove.choose.read')}
        onCancel={data.phase === 'none' ? undefined : () => setChoosing(false)}
        onChosen={async (source) => {
          if (!(await begin.run({ stackId: stack.id, source }))) return;
          await standing.refetch();
          setChoosing(false);
        }}
      />
    </>
  );
}
