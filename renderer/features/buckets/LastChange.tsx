import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatNumber, formatWhen, shorten } from '../../components/format.ts';
import { ChangeButton, useReadOnly } from '../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import styles from './buckets.module.css';
import type { Done } from './ResultNotice.tsx';
import { UndoDialog } from './UndoDialog.tsx';
import type { Undo } from './undoFacts.ts';

/** The last change of rules that can be put back, and those before it in a menu. It may be long ago, so each is asked for with its facts. */
export function LastChange({ stackId, onDone }: { stackId: string; onDone(done: Done): void }) {
  const { t, language } = useWords();
  const readOnly = useReadOnly();
  const kept = useCall('buckets.undos', { stackId });
  const [asked, setAsked] = useState<Undo>();
  const [last, ...earlier] = kept.data?.undos ?? [];

  return (
    <>
      {last ? (
        <ChangeButton size="xs" onClick={() => setAsked(last)}>
          {t('buckets.done.last', { time: formatWhen(last.at, language), what: whatOf(last) })}
        </ChangeButton>
      ) : null}
      {earlier.length > 0 && !readOnly ? (
        <Menu position="bottom-start">
          <Menu.Target>
            <Tooltip label={t('buckets.undo.earlier')}>
              <ActionIcon size={24} aria-label={t('buckets.undo.earlier')}>
                <IconHistory size={14} stroke={1.5} />
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown className={styles.undos ?? ''} aria-label={t('buckets.undo.putBack')}>
            {earlier.map((one) => (
              <Menu.Item key={one.id} onClick={() => setAsked(one)}>
                {formatWhen(one.at, language)} <span className={styles.quiet}>{whatOf(one)}</span>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
      {kept.error ? (
        <div className={styles.barError}>
          <ErrorNotice error={kept.error} />
        </div>
      ) : null}
      {asked ? (
        <UndoDialog
          stackId={stackId}
          undo={asked}
          onClose={() => setAsked(undefined)}
          onDone={(done) => {
            setAsked(undefined);
            onDone(done);
          }}
        />
      ) : null}
    </>
  );

  /** What was changed then. */
  function whatOf({ changes }: Undo): string {
    const [first] = changes;
    if (!first) return '';
    const { to } = first;
    const name = shorten(first.bucket, 32);
    const count = changes.length - 1;
    const buckets = count === 0 ? name : t('buckets.undo.andMore', { name, count, number: formatNumber(count, language) });
    if (to.kind === 'none') return t('buckets.undo.removed', { buckets });
    return t('buckets.undo.set', { buckets, rule: to.kind === 'sse-kms' ? `SSE-KMS ${shorten(to.key, 26)}` : 'SSE-S3' });
  }
}
