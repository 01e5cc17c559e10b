import { Button } from '@mantine/core';
import { useState } from 'react';
import type { PendingRequest } from '../../../../shared/certificateFiles.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceList } from '../../../components/EvidenceLine.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { FilePick, type PickedFile } from '../../../components/FilePick.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction } from '../../../rpc/hooks.ts';
import { PlanChanges, PlanWarnings } from '../../../wizard/PlanView.tsx';
import styles from './files.module.css';
import { mostBytes } from './picked.ts';

type Verdict = Output<'certificates.readReply'>;

/** The reply of a CA: read and judged first, put in place on a second click. */
export function ReplyDialog({ stackId, request, onClose }: { stackId: string; request: PendingRequest; onClose(): void }) {
  const { t } = useWords();
  const [file, setFile] = useState<PickedFile | undefined>(undefined);
  const [root, setRoot] = useState<PickedFile | undefined>(undefined);
  const [verdict, setVerdict] = useState<Verdict | undefined>(undefined);
  const read = useAction('certificates.readReply');
  const take = useAction('certificates.takeReply');
  const [done, setDone] = useState<Output<'certificates.takeReply'> | undefined>(undefined);
  const input = { stackId, id: request.id, content: file?.content ?? '', ...(root ? { root: root.content } : {}) };

  async function submit(): Promise<void> {
    if (!file) return;
    if (!verdict || verdict.blocked) return setVerdict(await read.run(input));
    setDone(await take.run(input));
  }

  if (done)
    return (
      <FormDialog title={t('certificateFiles.reply.done', { file: done.file })} onClose={onClose} onSubmit={onClose}>
        <EvidenceList evidence={done.evidence} />
        <FormFoot>
          <Button type="submit" variant="filled" data-autofocus>
            {t('certificateFiles.reply.close')}
          </Button>
        </FormFoot>
      </FormDialog>
    );

  const error = take.error ?? read.error;
  return (
    <FormDialog
      title={t('certificateFiles.reply.title', { name: request.name })}
      size={640}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <p>{t('certificateFiles.reply.text')}</p>
      <FilePick
        label={t('certificateFiles.reply.file')}
        file={file}
        mostBytes={mostBytes}
        onPick={(next) => {
          setFile(next);
          setVerdict(undefined);
        }}
      />
      <FilePick
        label={t('certificateFiles.reply.root')}
        file={root}
        mostBytes={mostBytes}
        onPick={(next) => {
          setRoot(next);
          setVerdict(undefined);
        }}
      />
      {verdict ? (
        <div className={styles.verdict}>
          <h3>{t('certificateFiles.reply.checks')}</h3>
          <EvidenceList evidence={verdict.checks} />
          <PlanChanges changes={verdict.changes} />
          <PlanWarnings warnings={verdict.warnings} />
        </div>
      ) : null}
      {error ? <ErrorNotice error={error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('certificateFiles.reply.cancel')}</Button>
        {verdict && !verdict.blocked ? (
          <ChangeButton type="submit" variant="filled" loading={take.pending}>
            {t('certificateFiles.reply.take')}
          </ChangeButton>
        ) : (
          <EngineButton type="submit" variant="filled" disabled={!file} loading={read.pending}>
            {t('certificateFiles.reply.read')}
          </EngineButton>
        )}
      </FormFoot>
    </FormDialog>
  );
}
