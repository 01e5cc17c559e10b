import type { BucketHead, ObjectRow, ObjectState } from '../../../shared/objects.ts';
import { DangerDialog, type Fact } from '../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatBytes, formatFull, formatNumber, shorten } from '../../components/format.ts';
import { visibleText } from '../../components/grid/visibleName.ts';
import { useLanguage, useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import { type Removal, removalOf } from './removal.ts';

interface RemoveDialogProps {
  stackId: string;
  bucket: string;
  objects: readonly ObjectRow[];
  versioning: BucketHead['versioning']['value'];
  lock: boolean;
  onClose(): void;
  /** The job that removes them. */
  onStarted(jobId: string): void;
}

/** What is removed, and what that means here, before it is. */
export function RemoveDialog({ stackId, bucket, objects, versioning, lock, onClose, onStarted }: RemoveDialogProps) {
  const { t } = useWords();
  const language = useLanguage();
  const remove = useAction('objects.removeMany');
  const number = (value: number): string => formatNumber(value, language);
  const count = objects.length;
  const [first] = objects;
  const removal = removalOf(objects, versioning);
  const what = removal.kind === 'unmark' ? 'marker' : removal.kind === 'versionGone' ? 'version' : 'object';
  const name = visibleText(first?.key ?? '');
  const markers = objects.filter(({ deleteMarker }) => deleteMarker).length;
  const bytes = objects.reduce((sum, { size }) => sum + size, 0);

  const facts: Fact[] = [
    { label: t('objects.level.remove.facts.where'), value: bucket },
    {
      label: t('objects.level.remove.facts.what'),
      value: count === 1 ? shorten(name, 48) : t('objects.total.objects', { count, number: number(count) }),
    },
    ...(count === 1 && first?.versionId !== undefined ? [{ label: t('objects.level.version'), value: shorten(first.versionId, 40) }] : []),
    ...(count === 1 && first?.modifiedAt !== undefined
      ? [{ label: t('objects.column.written'), value: formatFull(first.modifiedAt, language) }]
      : []),
    ...(markers === count ? [] : [{ label: t('objects.level.remove.facts.size'), value: formatBytes(bytes, language) }]),
    ...(markers === count ? [] : [{ label: t('objects.level.remove.facts.states'), value: statesOf(objects) }]),
    {
      label: t('objects.level.remove.facts.versioning'),
      value: t(`objects.level.head.versioning.${versioning ?? 'unread'}`),
    },
    ...(lock && removal.forGood ? [{ label: t('objects.level.remove.facts.lock'), value: t('objects.level.remove.locked') }] : []),
  ];

  return (
    <DangerDialog
      opened
      title={
        count === 1
          ? t('objects.level.remove.titleOne', { name: shorten(name, 40) })
          : t('objects.level.remove.titleMany', { number: number(count) })
      }
      {...(removal.forGood ? { warning: t('objects.level.remove.forGood'), name: count === 1 ? name : bucket } : {})}
      explanation={explain(removal)}
      facts={facts}
      keep={t(`objects.level.remove.keep.${what}`, { count })}
      doIt={t(`objects.level.remove.doIt.${what}`, { count, number: number(count) })}
      pending={remove.pending}
      error={remove.error ? <ErrorNotice error={remove.error} /> : undefined}
      onClose={onClose}
      onConfirm={() => void start()}
    />
  );

  function explain({ kind }: Removal): string {
    return kind === 'unread' ? t('objects.level.remove.unread') : t(`objects.level.remove.${kind}`, { count });
  }

  function statesOf(rows: readonly ObjectRow[]): string {
    const counts = new Map<ObjectState['state'], number>();
    for (const { encryption, deleteMarker } of rows)
      if (!deleteMarker) counts.set(encryption.state, (counts.get(encryption.state) ?? 0) + 1);
    return [...counts].map(([state, some]) => `${t(`components.state.${state}`)}${count === 1 ? '' : ` ${number(some)}`}`).join(' · ');
  }

  async function start(): Promise<void> {
    const doomed = objects.map(({ key, versionId }) => ({ key, ...(versionId === undefined ? {} : { versionId }) }));
    const started = await remove.run({ stackId, bucket, objects: doomed });
    if (started) onStarted(started.jobId);
  }
}
