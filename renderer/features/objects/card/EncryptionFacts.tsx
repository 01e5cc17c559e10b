import type { ObjectCard } from '../../../../shared/objects.ts';
import { useAgo } from '../../../components/Age.tsx';
import { ruleWords } from '../../../components/BucketRules.tsx';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { Fact } from '../../../components/Fact.tsx';
import facts from '../../../components/objectFacts.module.css';
import { type Mark, StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import styles from './card.module.css';
import type { Judged } from './cardState.ts';
import { FactGroup, Pairs, PartValue } from './FactGroup.tsx';

const marks: Record<ObjectCard['opens']['answer'], Mark> = { yes: 'ok', no: 'fail', notTested: 'info' };

/** Key, whether it opens, context, and what the bucket does with new objects. */
export function EncryptionFacts({ card, judged }: { card: ObjectCard; judged: Judged }) {
  const { t } = useWords();
  const { row, context, rule, keyInKes, customerKey, defaultKey } = card;
  const { state } = row.encryption;
  const sealed = state === 'sse-kms' || state === 'sse-s3';
  return (
    <FactGroup title={t('objects.card.group.encryption')}>
      {judged.state === state || row.deleteMarker ? null : (
        <Fact label={t('objects.card.headState')}>{t(`components.state.${state}`)}</Fact>
      )}
      {row.encryption.key === undefined ? null : (
        <Fact label={t('objects.card.key')}>
          <CopyValue value={row.encryption.key} longest={19} />
        </Fact>
      )}
      {state !== 'sse-s3' || defaultKey === undefined ? null : (
        <Fact label={t('objects.card.key')}>
          {t('objects.card.keyDefault', { key: defaultKey })}
          <span className={facts.why}>{t('objects.card.keyDefaultWhy')}</span>
        </Fact>
      )}
      {customerKey ? (
        <>
          <Fact label={t('objects.card.key')}>{customerKey.name ?? t('objects.card.keyTheirs')}</Fact>
          {customerKey.md5 === undefined ? null : (
            <Fact label={t('objects.card.keyMd5')}>
              <CopyValue value={customerKey.md5} longest={19} />
            </Fact>
          )}
        </>
      ) : null}
      {row.deleteMarker ? null : <Opens card={card} />}
      {sealed ? (
        <>
          <Fact label={t('objects.card.inKes')}>
            <PartValue part={keyInKes} none={t('objects.card.right.unknown')}>
              {(there) => (
                <span className={styles.marked}>
                  <StateIcon mark={there ? 'ok' : 'fail'} silent /> {t(there ? 'objects.card.inKesYes' : 'objects.card.inKesNo')}
                </span>
              )}
            </PartValue>
          </Fact>
          <Fact label={t('objects.card.context')}>
            <Pairs pairs={context ?? {}} none={t('objects.card.none')} />
          </Fact>
        </>
      ) : null}
      <Fact label={t('objects.card.rule')}>
        <PartValue part={rule} none={t('objects.card.right.unknown')}>
          {(value) =>
            value.kind === 'none' ? (
              <span className={styles.marked}>
                <StateIcon mark="warn" silent /> {t('objects.rule.none')}
              </span>
            ) : (
              ruleWords(value)
            )
          }
        </PartValue>
      </Fact>
    </FactGroup>
  );
}

function Opens({ card: { opens, at, row } }: { card: ObjectCard }) {
  const { t } = useWords();
  const { sentence, explain } = useSentence();
  const ago = useAgo(at);
  const plain = opens.answer === 'yes' && row.encryption.state === 'plaintext';
  // What the server refused stands above the facts already.
  const said = opens.answer === 'no' && opens.error?.details?.code !== undefined;
  const why = opens.why ? sentence(opens.why) : opens.error && !said ? explain(opens.error).title : undefined;
  return (
    <Fact label={t('objects.card.opens.title')}>
      <span className={styles.marked}>
        <StateIcon mark={plain ? 'info' : marks[opens.answer]} silent />
        {t(`objects.card.opens.${plain ? 'plain' : opens.answer}`, { ago })}
      </span>
      {why === undefined ? null : <span className={facts.why}>{why}</span>}
    </Fact>
  );
}
