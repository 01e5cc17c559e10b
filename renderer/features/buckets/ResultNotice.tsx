import { ActionIcon, Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatNumber } from '../../components/format.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './buckets.module.css';

type Results = Output<'buckets.apply'>['results'];

/** What was just done, bucket by bucket. */
export type Done =
  | { readonly kind: 'set' | 'removed' | 'undone'; readonly results: Results; readonly undo?: string | undefined }
  | { readonly kind: 'made'; readonly name: string };

/** What the server reads back, which buckets were left as they are and why, and the way back. */
export function ResultNotice({ stackId, done, onDone }: { stackId: string; done: Done; onDone(done: Done | undefined): void }) {
  const { t, language } = useWords();
  const { explain } = useSentence();
  const undo = useAction('buckets.undo');
  const results = done.kind === 'made' ? [] : done.results;
  const failed = results.filter(({ error }) => error !== undefined);
  const good = results.length - failed.length;
  const number = (value: number): string => formatNumber(value, language);
  const says =
    done.kind === 'made'
      ? t('buckets.done.made', { name: done.name })
      : t(`buckets.done.${done.kind}`, { count: good, number: number(good) });

  async function putBack(id: string): Promise<void> {
    const found = await undo.run({ stackId, id });
    if (found) onDone({ kind: 'undone', results: found.results });
  }

  return (
    <div className={styles.notice}>
      <div className={`sd-note ${styles.result}`} data-mark={failed.length > 0 ? 'warn' : 'ok'} role="status">
        <StateIcon mark={failed.length > 0 ? 'warn' : 'ok'} size={16} />
        <div className={styles.resultWords}>
          {good > 0 || done.kind === 'made' ? <p>{says}</p> : null}
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
        {done.kind !== 'made' && done.undo !== undefined ? (
          <Button size="xs" loading={undo.pending} onClick={() => void putBack(done.undo ?? '')}>
            {t('buckets.done.undo')}
          </Button>
        ) : null}
        <ActionIcon size={24} aria-label={t('buckets.done.dismiss')} onClick={() => onDone(undefined)}>
          <IconX size={14} stroke={1.5} />
        </ActionIcon>
      </div>
    </div>
  );
}
