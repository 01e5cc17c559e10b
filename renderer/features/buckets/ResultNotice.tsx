import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatNumber } from '../../components/format.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import styles from './buckets.module.css';
import { UndoDialog } from './UndoDialog.tsx';
import { encryptsAll } from './undoFacts.ts';

type Results = Output<'buckets.apply'>['results'];

/** What was just done, bucket by bucket. */
export type Done =
  | { readonly kind: 'set' | 'removed' | 'undone'; readonly results: Results; readonly undo?: string | undefined }
  | { readonly kind: 'made'; readonly name: string };

interface NoticeProps {
  stackId: string;
  done: Done;
  /** Automatic encryption stands in where there is no rule. */
  automatic: boolean;
  onDone(done: Done | undefined): void;
}

/** What the server reads back, which buckets were left as they are and why, and the way back. */
export function ResultNotice({ stackId, done, automatic, onDone }: NoticeProps) {
  const { t, language } = useWords();
  const { explain } = useSentence();
  const undo = useAction('buckets.undo');
  const results = done.kind === 'made' ? [] : done.results;
  const failed = results.filter(({ error }) => error !== undefined);
  // What was put back to none is no rule again.
  const bare = done.kind === 'undone' ? results.filter(({ found, error }) => error === undefined && found?.kind === 'none').length : 0;
  const good = results.length - failed.length - bare;
  const number = (value: number): string => formatNumber(value, language);
  const says =
    done.kind === 'made'
      ? t('buckets.done.made', { name: done.name })
      : t(`buckets.done.${done.kind}`, { count: good, number: number(good) });
  const id = done.kind === 'made' ? undefined : done.undo;
  const record = useCall('buckets.undos', { stackId }, { enabled: id !== undefined }).data?.undos.find((one) => one.id === id);
  const [asking, setAsking] = useState(false);
  const mark = failed.length > 0 || (bare > 0 && !automatic) ? 'warn' : 'ok';

  async function putBack(id: string): Promise<void> {
    const found = await undo.run({ stackId, id });
    if (found) onDone({ kind: 'undone', results: found.results });
  }

  return (
    <div className={styles.notice}>
      <div className={`sd-note ${styles.result}`} data-mark={mark} role="status">
        <StateIcon mark={mark} size={16} />
        <div className={styles.resultWords}>
          {good > 0 || done.kind === 'made' ? <p>{says}</p> : null}
          {bare > 0 ? (
            <p>
              {t('buckets.done.bare', { count: bare, number: number(bare) })} {automatic ? null : t('buckets.done.plain')}
            </p>
          ) : null}
          {failed.length > 0 ? <p>{t('buckets.done.failed', { count: failed.length, number: number(failed.length) })}</p> : null}
          <ul>
            {failed.slice(0, 8).map(({ bucket, error }) => (
              <li key={bucket}>
                <span className="sd-mono">{bucket}</span> {error ? explain(error).title : ''}
                {error ? <span className={styles.quiet}> {explain(error).explanation}</span> : null}
              </li>
            ))}
          </ul>
          {undo.error ? <ErrorNotice error={undo.error} /> : null}
        </div>
        {id === undefined ? null : (
          <EngineButton
            size="xs"
            loading={undo.pending}
            disabled={record === undefined}
            onClick={() => (record && !encryptsAll(record) ? setAsking(true) : void putBack(id))}
          >
            {t('buckets.done.undo')}
          </EngineButton>
        )}
        <ActionIcon size={24} aria-label={t('buckets.done.dismiss')} onClick={() => onDone(undefined)}>
          <IconX size={14} stroke={1.5} />
        </ActionIcon>
      </div>
      {asking && record ? <UndoDialog stackId={stackId} undo={record} onClose={() => setAsking(false)} onDone={onDone} /> : null}
    </div>
  );
}
