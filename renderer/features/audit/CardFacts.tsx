import type { Audit, AuditLook, AuditRow, Opens } from '../../../shared/audit.ts';
import { ruleWords } from '../../components/BucketRules.tsx';
import { CopyAction, CopyValue } from '../../components/CopyValue.tsx';
import { Fact } from '../../components/Fact.tsx';
import { formatBytes, formatFull, formatNumber, shorten } from '../../components/format.ts';
import { visibleText } from '../../components/grid/visibleName.ts';
import { isStateSealed } from '../../components/objectCause.ts';
import shared from '../../components/objectFacts.module.css';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import styles from './card.module.css';
import { addressOf } from './place.ts';
import { opensWords } from './rowColumns.tsx';

interface CardFactsProps {
  audit: Audit;
  detail: Output<'audit.get'> | undefined;
  row: AuditRow;
  look: AuditLook | undefined;
  opens: Opens;
}

/** What is known of an object, from the audit and from looking now. What is not known is not a row. */
export function CardFacts({ audit, detail, row, look, opens }: CardFactsProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const number = (value: number): string => formatNumber(value, language);
  const bucket = detail?.buckets.find(({ name }) => name === row.bucket);
  const rule = look?.rule ?? bucket?.rule;
  const key = look?.head?.kmsKey ?? row.kmsKey;
  const same = key === undefined ? [] : (detail?.keys ?? []).filter(({ kmsKey, state }) => kmsKey === key && state !== 'sse-c');
  const others = same.reduce((sum, { objects }) => sum + objects, 0) - 1;
  const bytes = same.reduce((sum, each) => sum + each.bytes, 0) - row.size;
  const place = `${row.bucket}/${row.key}`;
  // S3 sends it in quotation marks.
  const etag = look?.head?.etag?.replace(/^"|"$/g, '');
  const listed = row.listed ?? row.state;
  const encrypted = isStateSealed(row) || row.state === 'unreadable' || row.state === 'sse-c';

  return (
    <dl className={`${shared.facts} ${styles.facts}`}>
      {listed === undefined || listed === row.state ? null : (
        <Fact label={t('audit.card.fact.listed')}>{t(`components.state.${listed}`)}</Fact>
      )}
      {key === undefined || key === '' ? null : (
        <Fact label={t('audit.card.fact.key')}>
          <CopyValue value={key} longest={20} />
        </Fact>
      )}
      {look?.keyInKes === undefined ? null : (
        <Fact label={t('audit.card.fact.keyState')}>{t(look.keyInKes ? 'audit.card.value.keyThere' : 'audit.card.value.keyGone')}</Fact>
      )}
      {encrypted ? (
        <Fact label={t('audit.card.fact.opens')}>
          {opensWords(opens, t)}
          {opens.why ? <span className={shared.why}>{sentence(opens.why)}</span> : null}
        </Fact>
      ) : null}
      {same.length === 0 || key === undefined ? null : (
        <Fact label={t('audit.card.fact.also')}>
          {others <= 0 ? (
            t('audit.card.value.alone')
          ) : (
            <>
              {t('audit.card.value.also', {
                objects: t('audit.rows.selected', { count: others, number: number(others) }),
                size: formatBytes(bytes, language),
              })}{' '}
              <a href={addressOf(audit.id, 'objects', { kmsKey: key })}>{t('audit.card.value.show')}</a>
            </>
          )}
        </Fact>
      )}
      {encrypted && row.state !== 'sse-c' ? (
        <Fact label={t('audit.card.fact.context')}>{t(row.context ? 'audit.card.value.contextOwn' : 'audit.card.value.contextNone')}</Fact>
      ) : null}
      {rule === undefined ? null : (
        <Fact label={t('audit.card.fact.rule')}>{rule.kind === 'none' ? t('audit.card.value.ruleNone') : ruleWords(rule)}</Fact>
      )}
      {row.deleteMarker ? null : (
        <Fact label={t('audit.card.fact.size')}>
          {row.size < 1024
            ? formatBytes(row.size, language)
            : t('audit.card.value.size', { size: formatBytes(row.size, language), bytes: number(row.size) })}
        </Fact>
      )}
      <Fact label={t('audit.card.fact.written')}>{formatFull(row.modifiedAt, language)}</Fact>
      {etag === undefined ? null : (
        <Fact label={t('audit.card.fact.etag')}>
          <EtagValue etag={etag} md5={!encrypted && !row.multipart && /^[0-9a-f]{32}$/.test(etag)} />
        </Fact>
      )}
      <Fact label={t('audit.card.fact.version')}>{version()}</Fact>
      {look ? (
        <>
          <Fact label={t('audit.card.fact.read')}>{people(look.mayRead)}</Fact>
          {key === undefined ? null : <Fact label={t('audit.card.fact.decrypt')}>{people(look.mayDecrypt)}</Fact>}
        </>
      ) : null}
      <Fact label={t('audit.card.fact.name')}>
        <span className="sd-copyvalue">
          <span className="sd-mono" title={visibleText(place)} dir="ltr">
            {shorten(visibleText(place), 20)}
          </span>
          <CopyAction value={place} />
        </span>
      </Fact>
    </dl>
  );

  function version(): string {
    const { versionId } = row;
    // 'null' is the version of an object that was written without versions.
    if (versionId === undefined || (versionId === 'null' && row.latest)) return t('audit.card.value.current');
    return t(row.latest ? 'audit.card.value.currentOf' : 'audit.card.value.older', { version: shorten(versionId, 13) });
  }

  function people(names: readonly string[] | undefined): string {
    if (names === undefined) return t('audit.card.value.notKnown');
    return names.length === 0 ? t('audit.card.value.nobody') : names.map((name) => shorten(name, 24)).join(language === 'en' ? ', ' : '、');
  }
}

/** Only of a plain object in one part it is the MD5 of its content. */
function EtagValue({ etag, md5 }: { etag: string; md5: boolean }) {
  const { t } = useWords();
  const short = shorten(etag, 13);
  return <span title={etag}>{md5 ? <span className="sd-mono">{short}</span> : t('audit.card.value.notMd5', { etag: short })}</span>;
}
