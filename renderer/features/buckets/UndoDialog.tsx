import { useEffect } from 'react';
import type { BucketRule } from '../../../shared/minio.ts';
import { DangerDialog } from '../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatNumber, formatWhen } from '../../components/format.ts';
import { useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { someNames } from './names.ts';
import type { Done } from './ResultNotice.tsx';
import { ruleText, type Undo, undoFacts } from './undoFacts.ts';

interface UndoProps {
  stackId: string;
  undo: Undo;
  onClose(): void;
  onDone(done: Done): void;
}

/** What putting the former rules back does to each bucket as it is now; where there was none, new objects are plaintext again. */
export function UndoDialog({ stackId, undo: { id, at, changes }, onClose, onDone }: UndoProps) {
  const { t, language } = useWords();
  const undo = useAction('buckets.undo');
  const list = useCall('buckets.list', { stackId });
  const { refetch } = list;
  // The grid may be of half an hour ago.
  useEffect(() => {
    void refetch();
  }, [refetch]);
  const { ways, bare, there, moved, unread, gone } = undoFacts({ changes }, list.data?.buckets ?? []);
  const automatic = list.data?.kms.autoEncryption ?? false;
  const none = t('buckets.undo.noRule');
  const count = ways.reduce((sum, { buckets }) => sum + buckets.length, 0) + unread.length;
  const name = (rule: BucketRule): string => ruleText(rule, none);
  const error = undo.error ?? list.error;

  async function putBack(): Promise<void> {
    const found = await undo.run({ stackId, id });
    if (found) onDone({ kind: 'undone', results: found.results });
  }

  return (
    <DangerDialog
      opened
      title={t('buckets.undo.title', { time: formatWhen(at, language) })}
      explanation={t(count === 0 ? 'buckets.undo.nothing' : 'buckets.undo.words')}
      facts={[
        ...ways.map(({ from, to, buckets }) => ({
          label: t('buckets.undo.fromTo', { from: name(from), to: name(to) }),
          value: someNames(buckets),
        })),
        ...(bare.length === 0
          ? []
          : [
              {
                label: t('buckets.undo.newObjects'),
                value: automatic ? t('buckets.undo.byDefault') : t('buckets.undo.plain', { buckets: someNames(bare) }),
                loud: !automatic,
              },
            ]),
        ...(moved.length === 0
          ? []
          : [{ label: t('buckets.undo.moved'), value: someNames(moved.map(({ bucket, rule }) => `${bucket} (${name(rule)})`)) }]),
        ...(unread.length === 0 ? [] : [{ label: t('buckets.undo.unread'), value: someNames(unread) }]),
        ...(there.length === 0 ? [] : [{ label: t('buckets.undo.there'), value: someNames(there) }]),
        ...(gone.length === 0 ? [] : [{ label: t('buckets.undo.gone'), value: someNames(gone) }]),
      ]}
      keep={t('buckets.undo.keep')}
      doIt={count === 0 ? t('buckets.undo.forget') : t('buckets.undo.doIt', { count, number: formatNumber(count, language) })}
      // What was changed since is left alone: of that alone nothing comes.
      off={list.isFetching || count + there.length + gone.length === 0}
      pending={undo.pending}
      error={error ? <ErrorNotice error={error} /> : null}
      onClose={onClose}
      onConfirm={() => void putBack()}
    />
  );
}
