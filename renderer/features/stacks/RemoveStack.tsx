import { Radio, Stack } from '@mantine/core';
import { useEffect, useState } from 'react';
import { AppError } from '../../../shared/rpc/errors.ts';
import { serverNames } from '../../../shared/servers.ts';
import type { Text } from '../../../shared/text.ts';
import { DangerDialog } from '../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatBytes, shorten } from '../../components/format.ts';
import { useJob } from '../../jobs/useJob.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import styles from './stacks.module.css';

function Sentences({ texts }: { texts: readonly Text[] }) {
  const { sentence } = useSentence();
  return (
    <ul className={styles.lost}>
      {texts.map((one) => (
        <li key={one.code}>{sentence(one)}</li>
      ))}
    </ul>
  );
}

/** What runs, what lies there and what exists nowhere else, before the name may be typed. */
export function RemoveStack({ stack, onClose, onRemoved }: { stack: { id: string; name: string }; onClose(): void; onRemoved(): void }) {
  const { t } = useWords();
  const language = useLanguage();
  const facts = useCall('stacks.removal', { id: stack.id });
  const remove = useAction('stacks.remove');
  const [servers, setServers] = useState<'keep' | 'end'>('end');
  const [files, setFiles] = useState<'keep' | 'delete'>('keep');
  const [jobId, setJobId] = useState<string | undefined>(undefined);
  const job = useJob(jobId);
  const gone = job?.state === 'succeeded';
  useEffect(() => {
    if (gone) onRemoved();
  }, [gone, onRemoved]);
  const found = facts.data;
  const running = found?.running ?? [];
  const failed = remove.error ?? (job?.error ? AppError.of(job.error) : undefined) ?? facts.error ?? undefined;

  async function confirm(): Promise<void> {
    const started = await remove.run({
      id: stack.id,
      name: stack.name,
      servers,
      files: servers === 'keep' && running.length > 0 ? 'keep' : files,
    });
    if (started) setJobId(started.jobId);
  }

  return (
    <DangerDialog
      opened
      title={t('stacks.removal.title', { name: shorten(stack.name, 40) })}
      warning={t('stacks.removal.warning')}
      explanation={t('stacks.removal.explanation')}
      facts={
        found === undefined
          ? []
          : [
              {
                label: t('stacks.removal.running'),
                value: running.length === 0 ? t('stacks.removal.none') : running.map((kind) => serverNames[kind]).join(', '),
              },
              { label: t('stacks.removal.folder'), value: `${shorten(found.folder, 40)} · ${formatBytes(found.bytes, language)}` },
              {
                label: t('stacks.removal.lost'),
                value: found.lost.length === 0 ? t('stacks.removal.nothingLost') : <Sentences texts={found.lost} />,
              },
              ...(found.stays.length === 0 ? [] : [{ label: t('stacks.removal.stays'), value: <Sentences texts={found.stays} /> }]),
            ]
      }
      name={stack.name}
      keep={t('stacks.removal.keep')}
      doIt={t('stacks.removal.doIt')}
      pending={remove.pending || (jobId !== undefined && job?.state === 'running')}
      error={failed ? <ErrorNotice error={failed} /> : null}
      onClose={onClose}
      onConfirm={() => void confirm()}
    >
      <div className={styles.choices}>
        {running.length === 0 ? null : (
          <Radio.Group label={t('stacks.removal.servers')} value={servers} onChange={(value) => setServers(value as 'keep' | 'end')}>
            <Stack gap={8}>
              <Radio value="end" label={t('stacks.removal.endServers')} />
              <Radio value="keep" label={t('stacks.removal.keepServers')} />
            </Stack>
          </Radio.Group>
        )}
        <Radio.Group
          label={t('stacks.removal.files')}
          value={servers === 'keep' && running.length > 0 ? 'keep' : files}
          onChange={(value) => setFiles(value as 'keep' | 'delete')}
          description={servers === 'keep' && running.length > 0 ? t('stacks.removal.filesNeedEnd') : undefined}
        >
          <Stack gap={8}>
            <Radio value="keep" label={t('stacks.removal.keepFiles')} />
            <Radio
              value="delete"
              label={t('stacks.removal.deleteFiles', { bytes: formatBytes(found?.bytes ?? 0, language) })}
              disabled={servers === 'keep' && running.length > 0}
            />
          </Stack>
        </Radio.Group>
      </div>
    </DangerDialog>
  );
}
