import { Radio } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Stack } from '../../../../shared/stacks.ts';
import { RuleCell } from '../../../components/BucketRules.tsx';
import { ShortName } from '../../../components/CopyValue.tsx';
import { formatNumber } from '../../../components/format.ts';
import { bucketMark, ruleCounts } from '../../../components/health.ts';
import { useLanguage, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useCall } from '../../../rpc/hooks.ts';
import { AloneWizard } from '../../../wizard/AloneWizard.tsx';
import { wizardAddress, wizardIn } from '../../../wizard/wizards.ts';
import { TextField } from '../fields.tsx';
import { productNames } from '../form.ts';
import { BucketForm } from '../forms/BucketForm.tsx';
import { StepFailure } from '../stepErrors.tsx';
import styles from './wizards.module.css';

type Buckets = Output<'minio.buckets'>['buckets'];

/** The default rule of one bucket, one that is there or a new one. The address may name the bucket and the key. */
export function BucketWizard({ stack }: { stack: Stack }) {
  const { t } = useWords();
  const language = useLanguage();
  const buckets = useCall('minio.buckets', { stackId: stack.id }).data?.buckets;
  const [bucket = '', key = ''] = wizardIn(window.location.hash).given;
  const { ruled, unread } = ruleCounts(buckets ?? []);
  const count = buckets?.length ?? 0;
  const number = (value: number): string => formatNumber(value, language);
  const says = unread > 0 ? 'unread' : ruled === count ? 'all' : 'some';
  return (
    <AloneWizard
      key={`${bucket} ${key}`}
      stack={stack}
      step="bucket"
      question={t('wizard.bucket.question')}
      answer={
        buckets === undefined
          ? undefined
          : count === 0
            ? { mark: 'absent', text: t('wizard.bucket.none') }
            : {
                mark: bucketMark(buckets),
                text: t(`objects.buckets.answer.${says}`, { count, number: number(count), ruled: number(ruled), unread: number(unread) }),
              }
      }
      action={t('wizard.bucket.action')}
      begin={{ ...(bucket === '' ? {} : { bucket }), ...(key === '' ? {} : { key }) }}
      failure={(error) => <StepFailure error={error} fixes={{}} />}
      form={(form) => (
        <>
          {buckets === undefined ? null : (
            <BucketPick
              buckets={buckets}
              value={form.values.bucket}
              wrong={form.wrong('bucket', t('setup.bucketNameWrong'))}
              onPick={(picked) => form.change({ bucket: picked })}
            />
          )}
          <div className={styles.form}>
            <BucketForm
              {...form}
              stack={stack}
              product={productNames[stack.keyStores[0]?.product ?? 'vault']}
              proven={false}
              picked={buckets !== undefined}
            />
          </div>
        </>
      )}
      next={(input) => (
        <>
          {t('wizard.bucket.next')}{' '}
          <Link href={wizardAddress('check', input.bucket)}>{t('wizard.bucket.check', { bucket: input.bucket })}</Link>
        </>
      )}
    />
  );
}

/** Buckets that are there with their rule, and a new one. */
function BucketPick(props: { buckets: Buckets; value: string; wrong: string | undefined; onPick(bucket: string): void }) {
  const { buckets, value, wrong, onPick } = props;
  const { t } = useWords();
  const there = buckets.some(({ name }) => name === value);
  const [fresh, setFresh] = useState(buckets.length === 0 || (value !== '' && !there));
  const chosen = fresh ? ' new' : there ? value : null;
  return (
    <Radio.Group
      label={t('wizard.bucket.which')}
      value={chosen}
      onChange={(next) => {
        setFresh(next === ' new');
        onPick(next === ' new' ? '' : next);
      }}
    >
      <div className={styles.rows}>
        {buckets.map(({ name, rule }) => (
          <div key={name} className={styles.row} data-chosen={chosen === name || undefined}>
            <Radio value={name} label={<ShortName name={name} longest={40} />} />
            <RuleCell rule={rule} />
          </div>
        ))}
        <div className={styles.row} data-chosen={fresh || undefined}>
          <Radio value=" new" label={t('wizard.bucket.fresh')} />
        </div>
      </div>
      {fresh ? (
        <div className={styles.fresh}>
          <TextField label={t('wizard.bucket.freshName')} error={wrong} value={there ? '' : value} onChange={onPick} mono />
        </div>
      ) : null}
    </Radio.Group>
  );
}
