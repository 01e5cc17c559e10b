import { TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Upload } from '../../../../shared/uploads.ts';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useAction, useLostAt } from '../../../rpc/hooks.ts';
import { folderPrefix } from './target.ts';
import styles from './tray.module.css';

/** The folder that all files go to, as long as nothing was sent; it need not be there yet. */
export function TargetField({ upload, onBusy }: { upload: Upload; onBusy(busy: boolean): void }) {
  const { t } = useWords();
  const { explain } = useSentence();
  const { stackId, id, bucket, prefix } = upload;
  const lost = useLostAt() !== undefined;
  const { run, pending, error, reset } = useAction('uploads.retarget');
  const [typed, setTyped] = useState<string | undefined>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was typed counts until the tray has it
  useEffect(() => setTyped(undefined), [prefix]);
  useEffect(() => onBusy(pending), [pending, onBusy]);

  function take(): void {
    if (typed === undefined || pending) return;
    const wanted = folderPrefix(typed);
    setTyped(wanted === prefix ? undefined : wanted);
    if (wanted !== prefix) void run({ stackId, id, prefix: wanted });
  }

  return (
    <TextInput
      className={styles.targetField ?? ''}
      label={t('objects.tray.folder.label', { bucket })}
      description={t('objects.tray.folder.why')}
      placeholder={t('objects.tray.folder.top')}
      value={typed ?? prefix}
      error={error ? explain(error).title : undefined}
      spellCheck={false}
      disabled={lost}
      onChange={(event) => {
        reset();
        setTyped(event.currentTarget.value);
      }}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take();
        if (event.key !== 'Escape' || typed === undefined) return;
        // The drawer of a narrow window would close.
        event.stopPropagation();
        setTyped(undefined);
      }}
    />
  );
}
