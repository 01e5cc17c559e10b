import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { ObjectRow } from '../../../shared/objects.ts';
import { Age } from '../../components/Age.tsx';
import { ruleWords } from '../../components/BucketRules.tsx';
import { CopyValue } from '../../components/CopyValue.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Fact } from '../../components/Fact.tsx';
import { formatBytes, formatFull, formatNumber, shorten } from '../../components/format.ts';
import type { BucketInfo } from '../../components/health.ts';
import { ObjectStateBadge } from '../../components/ObjectStateBadge.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import styles from './inDrawer.module.css';

interface ObjectCardProps {
  stackId: string;
  bucket: string;
  objectKey: string;
  /** As the listing said it, until the object itself was asked. */
  listed: ObjectRow | undefined;
  rule: BucketInfo['rule'];
  onClose(): void;
}

/** One object as the server says it now: state in a sentence, then facts. */
export function ObjectCard({ stackId, bucket, objectKey, listed, rule, onClose }: ObjectCardProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const asked = useCall('objects.stat', { stackId, bucket, key: objectKey });
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const row = asked.data ?? listed;
  const name = objectKey.split('/').findLast((part) => part !== '') ?? objectKey;
  const state = row?.encryption;
  const differs =
    state !== undefined &&
    rule !== undefined &&
    rule.kind !== 'none' &&
    (state.state !== rule.kind || (rule.kind === 'sse-kms' && state.key !== rule.key));

  return (
    <section className={styles.card} aria-labelledby="object-card">
      <header className={styles.cardHead}>
        <h2 id="object-card" ref={heading} tabIndex={-1} title={objectKey}>
          {shorten(name, 36)}
        </h2>
        <ActionIcon onClick={onClose} aria-label={t('objects.card.close')}>
          <IconX size={16} stroke={1.5} />
        </ActionIcon>
      </header>
      <div className={styles.cardBody}>
        {asked.error ? <ErrorNotice error={asked.error} /> : null}
        {state ? (
          <>
            <div className={styles.cardState}>
              <ObjectStateBadge state={state.state} size={20} />
              <span className={styles.checked}>
                {asked.data ? (
                  <>
                    {t('objects.card.asked')} <Age at={new Date(asked.dataUpdatedAt).toISOString()} />
                  </>
                ) : (
                  t('objects.card.asking')
                )}
              </span>
            </div>
            <p className={styles.sentence}>
              {t(`objects.card.state.${state.state}`, { key: state.key ?? '' })}
              {state.reason === undefined ? '' : ` ${sentence(state.reason)}`}
            </p>
            {differs ? (
              <p className="sd-note" data-mark="warn">
                <StateIcon mark="warn" silent /> {t('objects.card.differs', { rule: ruleWords(rule) })}
              </p>
            ) : null}
            <dl className={styles.facts}>
              {state.key === undefined ? null : (
                <Fact label={t('objects.card.key')}>
                  <CopyValue value={state.key} longest={26} />
                </Fact>
              )}
              {row ? (
                <>
                  <Fact label={t('objects.card.size')}>
                    {row.size < 1024
                      ? formatBytes(row.size, language)
                      : t('objects.card.sizeValue', { size: formatBytes(row.size, language), bytes: formatNumber(row.size, language) })}
                  </Fact>
                  {row.modifiedAt === undefined ? null : (
                    <Fact label={t('objects.card.written')}>{formatFull(row.modifiedAt, language)}</Fact>
                  )}
                </>
              ) : null}
              <Fact label={t('objects.card.rule')}>
                {rule === undefined ? t('objects.rule.unread') : rule.kind === 'none' ? t('objects.rule.none') : ruleWords(rule)}
              </Fact>
              <Fact label={t('objects.card.opens')}>{t('objects.card.notTested')}</Fact>
              <Fact label={t('objects.card.name')}>
                <CopyValue value={`${bucket}/${objectKey}`} longest={22} />
              </Fact>
            </dl>
          </>
        ) : null}
      </div>
    </section>
  );
}
