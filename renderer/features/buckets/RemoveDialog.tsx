import type { BucketRow } from '../../../shared/buckets.ts';
import { DangerDialog } from '../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatNumber, formatWhen } from '../../components/format.ts';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import { someNames } from './names.ts';
import type { Done } from './ResultNotice.tsx';
import { ruleText } from './undoFacts.ts';

interface RemoveProps {
  stackId: string;
  buckets: readonly BucketRow[];
  automatic: boolean;
  onClose(): void;
  onDone(done: Done): void;
}

/** What becomes of new uploads without the rule. It can be undone, so no name is to be typed. */
export function RemoveDialog({ stackId, buckets, automatic, onClose, onDone }: RemoveProps) {
  const { t, language } = useWords();
  const apply = useAction('buckets.apply');
  const ruled = buckets.filter(({ rule }) => rule !== undefined && rule.kind !== 'none');
  const count = ruled.length;
  const audited = ruled.flatMap(({ plaintext }) => (plaintext ? [plaintext] : []));
  const oldest = audited.map(({ at }) => at).sort()[0];
  const rules = [...new Set(ruled.map(({ rule }) => ruleText(rule ?? { kind: 'none' }, '')))];
  const number = (value: number): string => formatNumber(value, language);

  async function remove(): Promise<void> {
    const changes = ruled.map(({ name, rule }) => ({ bucket: name, ...(rule ? { from: rule } : {}), to: { kind: 'none' as const } }));
    const found = await apply.run({ stackId, changes });
    if (found) onDone({ kind: 'removed', results: found.results, undo: found.undo });
  }

  return (
    <DangerDialog
      opened
      title={t('buckets.remove.title', { count, number: number(count), name: ruled[0]?.name ?? '' })}
      explanation={t(automatic ? 'buckets.remove.wordsAutomatic' : 'buckets.remove.words')}
      facts={[
        { label: t('buckets.remove.buckets'), value: someNames(ruled.map(({ name }) => name)) },
        { label: t('buckets.remove.rules'), value: someNames(rules) },
        ...(count < buckets.length ? [{ label: t('buckets.remove.without'), value: number(buckets.length - count) }] : []),
        {
          label: t('buckets.remove.plain'),
          value:
            oldest === undefined
              ? t('buckets.remove.notAudited')
              : t('buckets.remove.plainValue', {
                  number: number(audited.reduce((sum, { objects }) => sum + objects, 0)),
                  time: formatWhen(oldest, language),
                }),
        },
        { label: t('buckets.remove.encrypted'), value: t('buckets.remove.stay') },
      ]}
      keep={t('buckets.remove.keep', { count })}
      doIt={t('buckets.remove.doIt', { count, number: number(count) })}
      pending={apply.pending}
      error={apply.error ? <ErrorNotice error={apply.error} /> : null}
      onClose={onClose}
      onConfirm={() => void remove()}
    />
  );
}
