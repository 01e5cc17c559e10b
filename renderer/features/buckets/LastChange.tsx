import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatNumber, formatWhen, shorten } from '../../components/format.ts';
import { ChangeButton, useReadOnly } from '../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import styles from './buckets.module.css';
import type { Done } from './ResultNotice.tsx';

type Undo = Output<'buckets.undos'>['undos'][number];

/** The last change of rules that can be put back, and those before it in a menu. */
export function LastChange({ stackId, onDone }: { stackId: string; onDone(done: Done): void }) {
  const { t, language } = useWords();
  const readOnly = useReadOnly();
  const kept = useCall('buckets.undos', { stackId });
  const undo = useAction('buckets.undo');
  const [last, ...earlier] = kept.data?.undos ?? [];
  const error = undo.error ?? kept.error;

  async function putBack(id: string): Promise<void> {
    const found = await undo.run({ stackId, id });
    if (found) onDone({ kind: 'undone', results: found.results });
  }

  return (
    <>
      {last ? (
        <ChangeButton size="xs" loading={undo.pending} onClick={() => void putBack(last.id)}>
          {t('buckets.done.last', { time: formatWhen(last.at, language), what: whatOf(last) })}
        </ChangeButton>
      ) : null}
      {earlier.length > 0 && !readOnly ? (
        <Menu position="bottom-start">
          <Menu.Target>
            <Tooltip label={t('buckets.undo.earlier')}>
              <ActionIcon size={24} aria-label={t('buckets.undo.earlier')} disabled={undo.pending}>
                <IconHistory size={14} stroke={1.5} />
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown className={styles.undos ?? ''} aria-label={t('buckets.undo.putBack')}>
            {earlier.map((one) => (
              <Menu.Item key={one.id} onClick={() => void putBack(one.id)}>
                {formatWhen(one.at, language)} <span className={styles.quiet}>{whatOf(one)}</span>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
      {error ? (
        <div className={styles.barError}>
          <ErrorNotice error={error} />
        </div>
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
