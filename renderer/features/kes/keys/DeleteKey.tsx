import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { DeletionFacts } from '../../../../shared/kesKeys.ts';
import { DangerDialog, type Fact } from '../../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceList } from '../../../components/EvidenceLine.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { formatBytes, formatNumber, formatWhen, shorten } from '../../../components/format.ts';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import styles from './keys.module.css';

interface DeleteKeyProps {
  stackId: string;
  name: string;
  onClose(): void;
  onDeleted(): void;
}

/** What needs the key, what becomes of it and what cannot be known; then a name to type, and what was really seen to be gone. */
export function DeleteKey({ stackId, name, onClose, onDeleted }: DeleteKeyProps) {
  const { t, language } = useWords();
  const { sentence } = useSentence();
  const asked = useCall('kes.deletionFacts', { stackId, name });
  const remove = useAction('kes.deleteKey');
  const [although, setAlthough] = useState(false);
  const [copy, setCopy] = useState(true);
  const [done, setDone] = useState<Output<'kes.deleteKey'> | undefined>(undefined);
  const facts = asked.data;
  const keeps = facts?.copy.possible === true && copy;

  async function confirm(): Promise<void> {
    const answer = await remove.run({ stackId, name, typed: name, although, copy: keeps });
    if (!answer) return;
    setDone(answer);
    onDeleted();
  }

  if (done) {
    return (
      <FormDialog title={t('kesKeys.remove.done', { name: shorten(name, 40) })} onClose={onClose} onSubmit={onClose}>
        <EvidenceList evidence={done.evidence} />
        {done.kept === undefined ? null : <p className={styles.quiet}>{t('kesKeys.remove.kept')}</p>}
        <FormFoot>
          <Button type="submit" variant="filled" data-autofocus>
            {t('frame.close')}
          </Button>
        </FormFoot>
      </FormDialog>
    );
  }
  const error = remove.error ?? asked.error;
  return (
    <DangerDialog
      opened
      title={t('kesKeys.remove.title', { name: shorten(name, 40) })}
      {...(keeps ? {} : { warning: t('kesKeys.remove.forGood') })}
      explanation={t(keeps ? 'kesKeys.remove.withCopy' : 'kesKeys.remove.without')}
      facts={facts ? factsOf(facts) : []}
      name={name}
      keep={t('kesKeys.remove.keep')}
      doIt={t('kesKeys.remove.doIt')}
      off={!facts || (facts.used && !although)}
      pending={remove.pending || asked.isPending}
      error={error ? <ErrorNotice error={error} /> : undefined}
      onClose={onClose}
      onConfirm={() => void confirm()}
    >
      {facts ? (
        <>
          <ul className={styles.consequences}>
            {facts.consequences.map(({ level, text }) => (
              <li key={text.code} data-loud={level === 'fail' || undefined}>
                <StateIcon mark={level} silent />
                <span>{sentence(text)}</span>
              </li>
            ))}
          </ul>
          <details className={styles.unknown}>
            <summary>{t('kesKeys.remove.unknown', { count: facts.unknown.length })}</summary>
            <ul>
              {facts.unknown.map((text) => (
                <li key={text.code}>{sentence(text)}</li>
              ))}
            </ul>
          </details>
          <div className={styles.checks}>
            {facts.copy.possible ? (
              <Checkbox
                label={t('kesKeys.remove.copy')}
                description={t('kesKeys.remove.copyWhy')}
                checked={copy}
                onChange={(event) => setCopy(event.currentTarget.checked)}
              />
            ) : (
              <p className={styles.quiet}>{t('kesKeys.remove.noCopy', { why: facts.copy.why ? sentence(facts.copy.why) : '' })}</p>
            )}
            {facts.used ? (
              <Checkbox
                label={t('kesKeys.remove.although')}
                description={t(facts.default ? 'kesKeys.remove.althoughDefault' : 'kesKeys.remove.althoughWhy')}
                checked={although}
                onChange={(event) => setAlthough(event.currentTarget.checked)}
              />
            ) : null}
          </div>
        </>
      ) : null}
    </DangerDialog>
  );

  function factsOf({ use, rules, default: isDefault, cache }: DeletionFacts): Fact[] {
    return [
      {
        label: t('kesKeys.remove.facts.objects'),
        value: use ? <Objects use={use} /> : t('kesKeys.remove.facts.noObjects'),
        loud: (use?.objects ?? 0) > 0,
      },
      ...(use?.newest === undefined ? [] : [{ label: t('kesKeys.remove.facts.newest'), value: formatWhen(use.newest, language) }]),
      {
        label: t('kesKeys.remove.facts.rules'),
        value: rules.length === 0 ? t('kesKeys.card.noRule') : shorten(rules.join(', '), 60),
        loud: rules.length > 0,
      },
      {
        label: t('kesKeys.remove.facts.default'),
        value: t(isDefault ? 'kesKeys.remove.facts.isDefault' : 'kesKeys.remove.facts.notDefault'),
        loud: isDefault,
      },
      {
        label: t('kesKeys.remove.facts.cache'),
        value: t(cache.assumed ? 'kesKeys.remove.facts.assumed' : 'kesKeys.remove.facts.until', { any: cache.any }),
      },
    ];
  }
}

function Objects({ use }: { use: NonNullable<DeletionFacts['use']> }) {
  const { t, language } = useWords();
  return t('kesKeys.remove.facts.counted', {
    count: use.objects,
    number: formatNumber(use.objects, language),
    size: formatBytes(use.bytes, language),
    at: formatWhen(use.at, language),
    buckets: shorten(use.buckets.join(', '), 40),
  });
}
