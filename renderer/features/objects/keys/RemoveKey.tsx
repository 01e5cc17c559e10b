import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { CustomerKeyUse } from '../../../../shared/objects.ts';
import { DangerDialog, type Fact } from '../../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatFull, formatNumber, shorten } from '../../../components/format.ts';
import { visibleText } from '../../../components/grid/visibleName.ts';
import { useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import type { ListedKey } from './KeysPage.tsx';
import styles from './keys.module.css';

interface RemoveKeyProps {
  stackId: string;
  listed: ListedKey;
  onClose(): void;
  onExport(): void;
}

const shownBuckets = 3;

/** What is known to need the key, before it is gone. */
export function RemoveKey({ stackId, listed, onClose, onExport }: RemoveKeyProps) {
  const { t, language } = useWords();
  const queries = useQueryClient();
  const remove = useAction('objects.removeCustomerKey');
  const asked = useCall('objects.customerKeyUse', { stackId, id: listed.id });
  const number = (value: number): string => formatNumber(value, language);
  const { name, exportedAt } = listed;
  const copied = exportedAt !== undefined;

  async function confirm(): Promise<void> {
    if (!(await remove.run({ stackId, id: listed.id, typed: name }))) return;
    await queries.invalidateQueries({ queryKey: ['objects.customerKeys'] });
    onClose();
  }

  const error = remove.error ?? asked.error;
  return (
    <DangerDialog
      opened
      title={t('objects.keys.removeTitle', { name: shorten(name, 40) })}
      warning={t('objects.keys.forGood')}
      explanation={t(copied ? 'objects.keys.removeCopied' : 'objects.keys.removeBare')}
      facts={[
        ...(asked.data ? factsOf(asked.data) : []),
        {
          label: t('objects.keys.facts.copy'),
          value:
            exportedAt === undefined
              ? t('objects.keys.noCopy')
              : t('objects.keys.facts.exported', { at: formatFull(exportedAt, language) }),
          loud: !copied,
        },
      ]}
      name={name}
      keep={t('objects.keys.keep')}
      doIt={t('objects.keys.removeDo')}
      pending={remove.pending || asked.isPending}
      error={error ? <ErrorNotice error={error} /> : undefined}
      onClose={onClose}
      onConfirm={() => void confirm()}
    >
      {copied ? null : (
        <div className={styles.first}>
          <Button size="xs" onClick={onExport}>
            {t('objects.keys.exportFirst')}
          </Button>
        </div>
      )}
    </DangerDialog>
  );

  function factsOf({ key, buckets, work, audited }: CustomerKeyUse): Fact[] {
    const unfinished = work.filter(({ state }) => state !== 'ended').length;
    const [newest] = work;
    return [
      { label: t('objects.keys.facts.objects'), value: number(key.objects), loud: key.objects > 0 },
      ...(buckets.length > 0 ? [{ label: t('objects.keys.facts.where'), value: whereOf(buckets) }] : []),
      ...(newest
        ? [
            {
              label: t('objects.keys.facts.work'),
              value: t('objects.keys.facts.newest', {
                count: work.length,
                number: number(work.length),
                at: formatFull(newest.at, language),
              }),
            },
          ]
        : []),
      ...(unfinished > 0 ? [{ label: t('objects.keys.facts.unfinished'), value: number(unfinished), loud: true }] : []),
      {
        label: t('objects.keys.facts.audited'),
        value: audited
          ? t('objects.keys.facts.auditedAt', {
              count: audited.objects,
              number: number(audited.objects),
              at: formatFull(audited.at, language),
            })
          : t('objects.keys.facts.noAudit'),
      },
    ];
  }

  function whereOf(buckets: CustomerKeyUse['buckets']): string {
    const shown = buckets.slice(0, shownBuckets).map(({ bucket, sample, folders }) => {
      const [first] = [...sample, ...folders];
      return shorten(visibleText(`${bucket}/${first ?? ''}`), 40);
    });
    return [
      ...shown,
      ...(buckets.length > shownBuckets ? [t('objects.keys.facts.more', { number: number(buckets.length - shownBuckets) })] : []),
    ].join(', ');
  }
}
