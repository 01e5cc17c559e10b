import type { Audit, AuditBucket, AuditKey, MapNode } from '../../../../shared/audit.ts';
import { formatDay, formatNumber, shorten } from '../../../components/format.ts';
import { useWords } from '../../../locales/language.ts';
import { addressOf, encryptAddress } from '../place.ts';
import styles from './mapTab.module.css';
import { factsOf } from './selectionFacts.ts';

interface SelectionLineProps {
  audit: Audit;
  /** What is selected, else the place that the map shows. */
  node: MapNode;
  buckets: readonly AuditBucket[];
  keys: readonly AuditKey[];
}

/** What the selection is, and its next step. */
export function SelectionLine({ audit, node, buckets, keys }: SelectionLineProps) {
  const { t, language } = useWords();
  const n = (value: number): string => formatNumber(value, language);
  const name =
    node.bucket === undefined
      ? t('audit.map.allBuckets')
      : `${shorten(node.bucket, 22)}${node.prefix === '' ? '' : `/${shorten(node.prefix, 22)}`}`;
  const facts = factsOf(node, buckets, keys);
  const rest = facts.states === undefined ? {} : { states: [...facts.states] };
  const place = { ...(node.bucket === undefined ? {} : { bucket: node.bucket }), ...(node.prefix === '' ? {} : { prefix: node.prefix }) };
  const encrypt = facts.plain > 0 ? encryptAddress(audit, { ...place, states: ['plaintext'] }) : undefined;
  return (
    <section className={styles.selection} aria-live="polite" aria-label={t('audit.map.selection')}>
      <p className={styles.selectionName} title={node.bucket === undefined ? undefined : `${node.bucket}/${node.prefix}`}>
        {name}
      </p>
      <p className={styles.selectionFacts}>
        {facts.sentences
          .map(({ code, count, key, at }) =>
            t(`audit.map.fact.${code}`, { number: n(count), count, key: key ?? '', day: at === undefined ? '' : formatDay(at, language) }),
          )
          .join(language === 'en' ? ' ' : '')}
      </p>
      <p className={styles.selectionNext}>
        <a href={addressOf(audit.id, 'objects', { ...place, ...rest })}>{t('audit.map.showObjects')}</a>
        {encrypt ? (
          <a href={encrypt}>{t('audit.findings.encrypt')}</a>
        ) : facts.plain > 0 ? (
          <a href={addressOf(audit.id, 'findings', place)}>{t('audit.map.howToEncrypt')}</a>
        ) : null}
      </p>
    </section>
  );
}
