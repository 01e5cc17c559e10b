import { Button, Menu } from '@mantine/core';
import { IconFileExport, IconPrinter, IconShieldCheck } from '@tabler/icons-react';
import { useParams } from 'wouter';
import type { Proof, ProofEvent } from '../../../shared/proof.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { useStackDocument } from '../../components/cluster.tsx';
import { type StackSummary, useCurrentStack } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ProofView } from '../../components/proof/ProofView.tsx';
import { printInLight } from '../../components/proof/printing.ts';
import { useProofAnswer } from '../../components/proof/useProofAnswer.ts';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import { saveText } from '../../rpc/files.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { ProofList } from './ProofList.tsx';
import styles from './proof.module.css';
import { proofCommands } from './proofCommands.ts';
import { RunFoot } from './RunFoot.tsx';

/** Is the encryption real? The stack's proofs, newest first; one of them in full. */
export function ProofPage() {
  const { stack } = useCurrentStack();
  return stack ? <Proofs key={stack.id} stack={stack} /> : null;
}

function Proofs({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const input = { stackId: stack.id };
  const list = useCall('proof.list', input);
  const document = useStackDocument(stack.id);
  const named = useParams<{ '*'?: string }>()['*'];
  const proofs = list.data?.proofs;
  const shown = proofs?.find((proof) => proof.id === named) ?? proofs?.[0];
  const run = useAction('proof.run');

  return (
    <div className="sd-fill">
      {list.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={list.error} />
        </div>
      ) : null}
      {proofs && !shown ? (
        <div className={styles.none}>
          <EmptyState
            heading="h1"
            picture={<IconShieldCheck size={36} stroke={1} aria-hidden />}
            question={t('proof.none.question')}
            sentence={t('proof.none.sentence')}
            action={
              <ChangeButton variant="filled" loading={run.pending} onClick={() => void run.run(input)}>
                {t('proof.none.first')}
              </ChangeButton>
            }
          />
          {run.error ? <ErrorNotice error={run.error} /> : null}
        </div>
      ) : null}
      {proofs && shown ? (
        <div className={styles.columns}>
          <ProofList proofs={proofs} shown={shown.id} />
          <div className={styles.main}>
            <Shown proof={shown} />
            <RunFoot stackId={stack.id} level={shown.level} run={run} />
          </div>
        </div>
      ) : null}
      <DrawerContent
        commands={document ? proofCommands(document, shown) : []}
        evidence={shown ? shown.events.map(evidenceOf) : []}
        evidenceOf={shown?.id ?? ''}
      />
    </div>
  );
}

const sources: Record<ProofEvent['lane'], string> = { key: 'vault', cache: 'kes', read: 'minio', disk: 'disk' };

function evidenceOf({ what, at, lane, outcome, answer }: ProofEvent): Evidence {
  return { text: what, at, from: sources[lane], outcome: outcome === 'expectedFailure' ? 'ok' : outcome, answer };
}

function Shown({ proof }: { proof: Proof }) {
  const { t } = useWords();
  const language = useLanguage();
  const save = useAction('proof.export');
  const answer = useProofAnswer(proof);

  async function exportAs(format: 'json' | 'html'): Promise<void> {
    const file = await save.run({ stackId: proof.stackId, id: proof.id, format, language });
    if (file) saveText(file.name, file.content, format === 'json' ? 'application/json' : 'text/html');
  }

  const icon = { size: 16, stroke: 1.5, 'aria-hidden': true } as const;
  return (
    <div className={styles.scroll}>
      <PageHeader
        question={t('proof.question')}
        answer={answer}
        actions={
          <span className={styles.actions}>
            <Button leftSection={<IconPrinter {...icon} />} onClick={printInLight}>
              {t('proof.print')}
            </Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <EngineButton leftSection={<IconFileExport {...icon} />} loading={save.pending}>
                  {t('proof.export')}
                </EngineButton>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => void exportAs('json')}>{t('proof.exportJson')}</Menu.Item>
                <Menu.Item onClick={() => void exportAs('html')}>{t('proof.exportHtml')}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </span>
        }
      />
      {save.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={save.error} />
        </div>
      ) : null}
      <ProofView proof={proof} answer={false} />
    </div>
  );
}
