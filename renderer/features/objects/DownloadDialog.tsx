import { Button, Modal, Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ObjectRow } from '../../../shared/objects.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatNumber } from '../../components/format.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './objects.module.css';

type Conflict = 'rename' | 'skip' | 'replace';
const conflicts: readonly Conflict[] = ['rename', 'skip', 'replace'];

interface DownloadDialogProps {
  stackId: string;
  bucket: string;
  prefix: string;
  objects: readonly ObjectRow[];
  onClose(): void;
  onStarted(): void;
}

/** Where on this machine objects go to: only where the engine may write files for a person, so not in a browser. */
export function DownloadDialog({ stackId, bucket, prefix, objects, onClose, onStarted }: DownloadDialogProps) {
  const { t } = useWords();
  const language = useLanguage();
  const download = useAction('objects.downloadTo');
  const [folder, setFolder] = useState('');
  const [onConflict, setOnConflict] = useState<Conflict>('rename');
  const count = objects.length;
  const keys = objects.filter(({ versionId }) => versionId === undefined).map(({ key }) => key);
  const versions = objects.flatMap(({ key, versionId }) => (versionId === undefined ? [] : [{ key, versionId }]));

  async function start(): Promise<void> {
    if (await download.run({ stackId, bucket, prefix, keys, versions, folder: folder.trim(), onConflict })) onStarted();
  }

  return (
    <Modal opened onClose={onClose} title={t('objects.level.download.dialog.title', { count, number: formatNumber(count, language) })}>
      <form
        className={styles.dialog}
        onSubmit={(event) => {
          event.preventDefault();
          if (folder.trim() !== '') void start();
        }}
      >
        <TextInput
          label={t('objects.level.download.dialog.folder')}
          value={folder}
          onChange={(event) => setFolder(event.currentTarget.value)}
          classNames={{ input: 'sd-mono' }}
          spellCheck={false}
          data-autofocus
        />
        <Radio.Group
          label={t('objects.level.download.dialog.conflict')}
          value={onConflict}
          onChange={(value) => setOnConflict(value as Conflict)}
        >
          {conflicts.map((value) => (
            <Radio key={value} value={value} label={t(`objects.level.download.dialog.${value}`)} />
          ))}
        </Radio.Group>
        {versions.length > 0 ? (
          <p className="sd-note" data-mark="info">
            <StateIcon mark="info" silent /> {t('objects.level.download.dialog.versions')}
          </p>
        ) : null}
        {download.error ? <ErrorNotice error={download.error} /> : null}
        <div className={styles.dialogFoot}>
          <Button onClick={onClose}>{t('objects.level.download.dialog.cancel')}</Button>
          <EngineButton type="submit" variant="filled" disabled={folder.trim() === ''} loading={download.pending}>
            {t('objects.level.download.dialog.start')}
          </EngineButton>
        </div>
      </form>
    </Modal>
  );
}
