import { UnstyledButton } from '@mantine/core';
import type { ObjectCheck } from '../../../shared/objects.ts';
import { Age } from '../../components/Age.tsx';
import { ShortName } from '../../components/CopyValue.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatBytes, formatNumber, shorten } from '../../components/format.ts';
import { ObjectStateBadge } from '../../components/ObjectStateBadge.tsx';
import { type Mark, StateIcon } from '../../components/StateIcon.tsx';
import { StateSwatch } from '../../components/StateSwatch.tsx';
import { shareText } from '../../components/shares.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import styles from './check.module.css';
import { stateOrder } from './checkVerdict.ts';
import { encryptBelow } from './place.ts';

const opensMarks: Record<ObjectCheck['keys'][number]['opens'], Mark> = { yes: 'ok', no: 'fail', some: 'warn', notTested: 'info' };

interface CheckResultProps {
  result: ObjectCheck;
  selected: string | undefined;
  onSelect(key: string): void;
}

/** Counts by state, keys and whether they open, and the objects that need a look. */
export function CheckResult({ result, selected, onSelect }: CheckResultProps) {
  const { t } = useWords();
  const language = useLanguage();
  const number = (value: number): string => formatNumber(value, language);
  const { checked, counts, keys, more, at } = result;
  const notable = [...result.notable].sort(
    (a, b) => stateOrder.indexOf(a.encryption.state) - stateOrder.indexOf(b.encryption.state) || (a.key < b.key ? -1 : 1),
  );
  const unsaid = (counts.plaintext ?? 0) + (counts.unreadable ?? 0) + (counts.unknown ?? 0) - notable.length;
  return (
    <>
      {result.blocked ? <ErrorNotice error={result.blocked} /> : null}
      <div className={styles.columns}>
        <section>
          <h2>{t('wizard.check.states')}</h2>
          <ul className={styles.counts}>
            {stateOrder
              .filter((state) => (counts[state] ?? 0) > 0)
              .map((state) => (
                <li key={state} data-state={state}>
                  <StateSwatch state={state} />
                  <span className={styles.word}>{t(`components.state.${state}`)}</span>
                  <span className={styles.number}>{number(counts[state] ?? 0)}</span>
                  <span className={styles.share}>{shareText(counts[state] ?? 0, checked, language)}</span>
                </li>
              ))}
          </ul>
          {(counts.plaintext ?? 0) > 0 ? (
            <p className={styles.note}>
              <a href={encryptBelow(result.bucket, result.prefix)}>{t('wizard.check.encrypt')}</a>
            </p>
          ) : null}
          <p className={styles.note}>
            {t(more ? 'wizard.check.moreThan' : 'wizard.check.allOf', { number: number(checked), count: checked })} <Age at={at} />
          </p>
        </section>
        <section>
          <h2>{t('wizard.check.keys')}</h2>
          {keys.length === 0 ? <p className={styles.note}>{t('wizard.check.noKeys')}</p> : null}
          <ul className={styles.counts}>
            {keys.map(({ key, objects, opens }) => (
              <li key={key}>
                <StateIcon mark={opensMarks[opens]} silent />
                <span className={styles.word}>{key === '' ? t('wizard.check.ofSseS3') : <ShortName name={key} longest={32} mono />}</span>
                <span className={styles.number}>{number(objects)}</span>
                <span className={styles.opens}>{t(`wizard.check.opens.${opens}`)}</span>
              </li>
            ))}
          </ul>
        </section>
      </div>
      {notable.length > 0 ? <Notable rows={notable} selected={selected} onSelect={onSelect} /> : null}
      {unsaid > 0 ? (
        <p className={styles.note}>{t('wizard.check.notAll', { shown: number(notable.length), number: number(unsaid) })}</p>
      ) : null}
    </>
  );
}

function Notable({
  rows,
  selected,
  onSelect,
}: {
  rows: ObjectCheck['notable'];
  selected: string | undefined;
  onSelect(key: string): void;
}) {
  const { t } = useWords();
  const { sentence, explain } = useSentence();
  const language = useLanguage();

  function why({ encryption, error, opens }: ObjectCheck['notable'][number]): string {
    if (error) return explain(error).title;
    if (encryption.reason) return sentence(encryption.reason);
    return encryption.state === 'plaintext' ? t('wizard.check.plainWhy') : t(`wizard.check.opens.${opens}`);
  }

  return (
    <section>
      <h2>{t('wizard.check.notable')}</h2>
      <table className={styles.notable}>
        <thead>
          <tr>
            <th scope="col">{t('objects.column.name')}</th>
            <th scope="col">{t('objects.column.state')}</th>
            <th scope="col">{t('wizard.check.why')}</th>
            <th scope="col" className={styles.right}>
              {t('objects.column.size')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key} data-selected={row.key === selected || undefined}>
              <td>
                <UnstyledButton className={styles.open} title={row.key} onClick={() => onSelect(row.key)}>
                  {shorten(row.key, 48)}
                </UnstyledButton>
              </td>
              <td>
                <ObjectStateBadge state={row.encryption.state} />
              </td>
              <td className={styles.reason}>{why(row)}</td>
              <td className={styles.right}>{formatBytes(row.size, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
