import { Button } from '@mantine/core';
import { IconFileExport, IconPrinter } from '@tabler/icons-react';
import type { Proof } from '../../../shared/proof.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { ProofView } from '../../components/proof/ProofView.tsx';
import { printInLight } from '../../components/proof/printing.ts';
import { useProofAnswer } from '../../components/proof/useProofAnswer.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import { saveText } from '../../rpc/files.ts';
import { useAction } from '../../rpc/hooks.ts';
import { StepHead } from './StepHead.tsx';
import styles from './setup.module.css';

/** Is the encryption real? The proof with its answer, to print and to take along. */
export function ProofResult({ proof }: { proof: Proof }) {
  const { t } = useWords();
  const language = useLanguage();
  const answer = useProofAnswer(proof);
  const save = useAction('proof.export');
  const icon = { size: 16, stroke: 1.5, 'aria-hidden': true } as const;

  async function exportJson(): Promise<void> {
    const file = await save.run({ stackId: proof.stackId, id: proof.id, format: 'json', language });
    if (file) saveText(file.name, file.content, 'application/json');
  }

  return (
    <>
      <StepHead
        title={t('proof.question')}
        sentence={
          <span className={styles.answer}>
            <StateIcon mark={answer.mark} size={16} />
            <span>{answer.text}</span>
          </span>
        }
        actions={
          proof.result === 'running' ? undefined : (
            <>
              <Button leftSection={<IconPrinter {...icon} />} onClick={printInLight}>
                {t('setup.print')}
              </Button>
              <EngineButton leftSection={<IconFileExport {...icon} />} loading={save.pending} onClick={() => void exportJson()}>
                {t('setup.exportJson')}
              </EngineButton>
            </>
          )
        }
      />
      {save.error ? <ErrorNotice error={save.error} /> : null}
      <div className={styles.edge}>
        <ProofView proof={proof} answer={false} />
      </div>
    </>
  );
}
