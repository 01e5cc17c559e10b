import { Button } from '@mantine/core';
import { IconBucket } from '@tabler/icons-react';
import { Link } from 'wouter';
import { RuleCell } from '../../components/BucketRules.tsx';
import { useStackDocument } from '../../components/cluster.tsx';
import { DrawerContent } from '../../components/drawer.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatDay, formatNumber, shorten } from '../../components/format.ts';
import { bucketMark, ruleCounts } from '../../components/health.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { wizardAddress } from '../../wizard/wizards.ts';
import { bucketCommands } from './objectCommands.ts';
import styles from './objects.module.css';
import { addressOf } from './place.ts';

/** Which buckets encrypt by default? */
export function BucketList({ stackId }: { stackId: string }) {
  const { t } = useWords();
  const language = useLanguage();
  const list = useCall('minio.buckets', { stackId });
  const document = useStackDocument(stackId);
  const buckets = list.data?.buckets;
  const { ruled, unread } = ruleCounts(buckets ?? []);
  const count = buckets?.length ?? 0;
  const number = (value: number): string => formatNumber(value, language);
  const says = unread > 0 ? 'unread' : ruled === count ? 'all' : 'some';
  const asked = list.dataUpdatedAt === 0 ? undefined : new Date(list.dataUpdatedAt).toISOString();

  return (
    <div className={styles.list}>
      <PageHeader
        question={t('objects.buckets.question')}
        answer={
          buckets && count > 0
            ? {
                mark: bucketMark(buckets),
                text: t(`objects.buckets.answer.${says}`, { count, number: number(count), ruled: number(ruled), unread: number(unread) }),
              }
            : undefined
        }
        actions={
          count > 0 ? (
            <>
              <Button component={Link} href={wizardAddress('bucket')}>
                {t('frame.wizard.bucket')}
              </Button>
              <Button component={Link} href={wizardAddress('check')}>
                {t('frame.wizard.check')}
              </Button>
            </>
          ) : undefined
        }
      />
      {list.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={list.error} />
        </div>
      ) : null}
      {buckets && count === 0 ? (
        <EmptyState
          picture={<IconBucket size={36} stroke={1} aria-hidden />}
          question={t('objects.buckets.none')}
          sentence={t('objects.buckets.noneText')}
          action={<Link href={wizardAddress('bucket')}>{t('objects.buckets.make')}</Link>}
        />
      ) : null}
      {buckets && count > 0 ? (
        <table className={styles.buckets}>
          <thead>
            <tr>
              <th>{t('objects.column.bucket')}</th>
              <th>{t('objects.column.rule')}</th>
              <th className={styles.right}>{t('objects.column.made')}</th>
            </tr>
          </thead>
          <tbody>
            {buckets.map((bucket) => (
              <tr key={bucket.name} data-drop-bucket={bucket.name}>
                <td>
                  <Link href={addressOf(bucket.name)} className={styles.open} title={bucket.name}>
                    <IconBucket size={16} stroke={1.5} aria-hidden />
                    {shorten(bucket.name, 48)}
                  </Link>
                </td>
                <td>
                  <RuleCell rule={bucket.rule} />
                </td>
                <td className={styles.right}>{bucket.createdAt === undefined ? '' : formatDay(bucket.createdAt, language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      <div className={styles.listFoot}>
        {count > 0 ? <span>{t('objects.tray.dropOnBucket')}</span> : null}
        <Link href="/customer-keys">{t('objects.keys.link')}</Link>
      </div>
      <DrawerContent
        commands={document ? bucketCommands(document, buckets?.map(({ name }) => name) ?? []) : []}
        lines={(buckets ?? []).map((bucket) => ({
          mark: bucket.rule === undefined ? ('info' as const) : bucket.rule.kind === 'none' ? ('warn' as const) : ('ok' as const),
          text: t(`objects.evidence.rule.${bucket.rule?.kind ?? 'unread'}`, {
            bucket: shorten(bucket.name, 32),
            key: bucket.rule?.kind === 'sse-kms' ? bucket.rule.key : '',
          }),
          ...(asked === undefined ? {} : { at: asked }),
        }))}
        evidenceOf={document?.minioClusters[0]?.nodes[0]?.id ?? ''}
      />
    </div>
  );
}
