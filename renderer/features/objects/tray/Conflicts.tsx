import { Loader, Radio } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Upload } from '../../../../shared/uploads.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatNumber } from '../../../components/format.ts';
import { useJob } from '../../../jobs/useJob.ts';
import { useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';
import type { Choices } from './choice.ts';
import styles from './tray.module.css';

interface ConflictsProps {
  upload: Upload;
  versioning: Choices['versioning'];
  value: Upload['onConflict'];
  onChange(value: Upload['onConflict']): void;
  onLooking(looking: boolean): void;
}

/** Which names are there already, asked whenever files came or go elsewhere, and what becomes of them. */
export function Conflicts({ upload, versioning, value, onChange, onLooking }: ConflictsProps) {
  const { t, language } = useWords();
  const { stackId, id, files, prefix, conflicts } = upload;
  const look = useAction('uploads.lookForConflicts');
  const [jobId, setJobId] = useState<string | undefined>(undefined);
  const job = useJob(jobId);
  const { run } = look;
  const looking = look.pending || (jobId !== undefined && (job === undefined || job.state === 'running'));
  const looked = useRef({ files: 0, prefix });
  useEffect(() => {
    const before = looked.current;
    looked.current = { files, prefix };
    // Of fewer files nothing new is to be found.
    if (files <= before.files && prefix === before.prefix) return;
    let there = true;
    void run({ stackId, id }).then((started) => {
      if (there) setJobId(started?.jobId);
    });
    return () => {
      there = false;
    };
  }, [run, stackId, id, files, prefix]);
  useEffect(() => onLooking(looking), [looking, onLooking]);
  const error = look.error ?? job?.error;
  if (error) return <ErrorNotice error={error} />;
  if (looking) {
    return (
      <p className={styles.reading} role="status">
        <Loader size={14} /> {t('objects.tray.conflicts.looking')}
      </p>
    );
  }
  if (conflicts === 0) return null;
  return (
    <Radio.Group
      className={styles.conflicts ?? ''}
      label={t('objects.tray.conflicts.found', { count: conflicts, number: formatNumber(conflicts, language) })}
      value={value}
      onChange={(next) => onChange(next === 'replace' ? 'replace' : 'skip')}
    >
      <div className={styles.ways}>
        <Radio value="skip" label={t('objects.tray.conflicts.skip')} description={t('objects.tray.conflicts.skipWhy')} />
        <Radio
          value="replace"
          label={t(versioning === 'on' ? 'objects.tray.conflicts.newVersion' : 'objects.tray.conflicts.replace')}
          description={t(`objects.tray.conflicts.replaceWhy.${versioning ?? 'off'}`)}
        />
      </div>
    </Radio.Group>
  );
}
